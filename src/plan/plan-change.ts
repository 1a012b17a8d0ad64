import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { isComputed } from '../definition/computed.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { hashDefinition } from '../definition/hash.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { dataSchema, viewSchema } from '../definition/physical-names.ts';
import { keyField } from '../definition/system-fields.ts';
import type { Unmapped } from './adopt/adopted-parts.ts';
import { namesToAlign } from './aligned-definitions.ts';
import type { ChangeRequest } from './change-request.ts';
import type { Check } from './check.ts';
import { checksOf } from './checks.ts';
import { asideSteps } from './conflicts.ts';
import { extensionSteps } from './extension-steps.ts';
import { type ModelContext, modelContexts } from './model-context.ts';
import { assertMayName, assertMayTouch, modelsTouched } from './model-limit.ts';
import { nextDefinitions } from './next-definitions.ts';
import { planAlignment } from './plan-alignment.ts';
import { type Altered, planKey } from './plan-key.ts';
import { listWarnings } from './plan-list-conversion.ts';
import { adoptModelSteps, alterModelSteps, createModelSteps, dropModelSteps } from './plan-model.ts';
import { returnModelSteps, returnSteps } from './plan-restore.ts';
import type { Rekeyed } from './rekeyed-definitions.ts';
import type { Question } from './resolve-fields.ts';
import { bareField, type Restored, type RestoredField } from './restored.ts';
import type { Publish, Returned, Trashed } from './steps/publish.ts';
import { isLossy, type Step } from './steps.ts';
import type { WorkspaceState } from './workspace-state.ts';

/** The ordered steps that a change takes, worked out before anything is touched. Pure data. */
export interface Plan {
  /** Names this plan: base, result and steps. */
  readonly hash: string;
  /** Hash by name of each model that it starts from, and of each that it ends with. */
  readonly base: Readonly<Record<string, string>>;
  readonly result: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  readonly questions: readonly Question[];
  readonly checks: readonly Check[];
  readonly warnings: readonly string[];
  /** What of adopted tables no definition says: it stays as it is. */
  readonly unmapped: readonly Unmapped[];
  /** Whether something goes to the trash that no field takes the place of. */
  readonly destructive: boolean;
  /** Whether values may lose something by their conversion. */
  readonly lossy: boolean;
  /** What goes to the trash with it. */
  readonly trashed: readonly Trashed[];
  /** What comes back from there. */
  readonly restored: Restored;
  /** The models after it, of those that it started from. */
  readonly models: readonly Definition[];
  /** The ids of those that it touches. */
  readonly touched: readonly string[];
}

const PHASES = ['expand', 'backfill', 'publish', 'contract'] as const;

/** Works out a change from what is published. Throws `Failure` where the request does not fit. */
export function planChange(state: WorkspaceState, request: ChangeRequest): Plan {
  assertMayName(state, request);
  const plan = workOut(state, request);
  const touched = modelsTouched(state, plan);
  assertMayTouch(touched, request);
  return { ...plan, touched: touched.map(({ id }) => id) };
}

function workOut(state: WorkspaceState, request: ChangeRequest): Omit<Plan, 'touched'> {
  const { models, questions, rekeyed, restored, warnings, unmapped, repairs } = nextDefinitions(
    state,
    request,
  );
  const aligned = namesToAlign(request);
  const schema = dataSchema(state.slug);
  const contextOf = modelContexts(state, models, restored, request);
  const presentOf = modelContexts(state, models, restored, request, 'before');
  const before = new Map(state.models.map((m) => [m.definition.id, m]));
  const tables: Step[] = [];
  const foreignKeys: Step[] = [];
  const altered: Altered[] = [];
  const base: Record<string, string> = {};
  const result: Record<string, string> = {};
  const published: Publish['published'][number][] = [];
  const trashed: Trashed[] = [];
  const repairing: Step[] = [...asideSteps(request.aside ?? [])];
  for (const model of models) {
    const previous = before.get(model.id);
    before.delete(model.id);
    // Untouched by the draft: no need to hash a whole workspace for a change of one model.
    const repair = repairs.get(model.id);
    if (!repair && previous?.definition === model) continue;
    const hash = hashDefinition(model);
    if (!repair && previous?.hash === hash) continue;
    const context = contextOf(model);
    if (repair) repairing.push(...(repair.steps?.(context) ?? []));
    if (previous) base[previous.definition.name] = previous.hash;
    const returned = restored.models.get(model.id);
    const known = repair?.asFound ?? previous?.definition ?? returned?.definition;
    if (returned) {
      const steps = returnModelSteps(context, returned);
      tables.push(...steps.tables);
      foreignKeys.push(...steps.keys);
    }
    if (!known) {
      const created = (model.adopted ? adoptModelSteps : createModelSteps)(context);
      tables.push(...created.tables);
      foreignKeys.push(...created.keys);
    } else if (aligned.size === 0) {
      const returning = model.fields.flatMap((field) => restored.fields.get(field.id) ?? []);
      const whole = withReturned(known, returning);
      tables.push(...returnSteps(context, returning));
      altered.push({ before: returned ? withoutLost(whole, model) : whole, context });
      trashed.push(...trashedFields(whole, model));
    }
    result[model.name] = hash;
    // A repair may concern the table alone.
    if (previous?.hash === hash && !repair?.isRepublished) continue;
    published.push({ definition: model, hash, version: (previous?.version ?? returned?.version ?? 0) + 1 });
  }
  const work =
    aligned.size > 0
      ? planAlignment(state, models, aligned)
      : alterations(altered, rekeyed, models, presentOf);
  const steps = [...work.steps];
  for (const { definition, hash } of before.values()) {
    base[definition.name] = hash;
    // What is gone already leaves nothing behind.
    if (repairs.has(definition.id)) continue;
    trashed.push(trashedModel(definition));
    steps.push(...dropModelSteps(contextOf(definition)));
  }
  const kept = new Set(models.map((model) => model.name));
  const publish: Publish = {
    kind: 'publish',
    phase: 'publish',
    model: published[0]?.definition.name ?? Object.keys(base)[0] ?? '',
    target: { schema, table: '' },
    columns: [],
    published,
    droppedIds: [...before.keys()],
    retiredNames: Object.keys(base).filter((name) => !kept.has(name)),
    trashed,
    ...(restored.fields.size + restored.models.size === 0 ? {} : { restored: returnedOf(restored, models) }),
    viewSchema: viewSchema(state.slug),
  };
  const changed = published.length > 0 || before.size > 0 || repairing.length + steps.length > 0;
  const extensions = extensionSteps(
    published.map(({ definition }) => definition),
    schema,
    state.extensions,
  );
  // Tables first, keys of new ones last: in whatever order models refer to each other, what they refer to is there.
  const ordered = changed
    ? inPhases([...extensions, ...repairing, ...tables, ...steps, ...foreignKeys, publish])
    : [];
  return {
    hash: createHash('sha256')
      .update(canonicalize({ base, result, steps: ordered }) ?? '')
      .digest('hex'),
    base,
    result,
    steps: ordered,
    questions,
    checks: work.checks,
    warnings: [...warnings, ...work.warnings, ...unmapped.map(sayUnmapped)],
    unmapped,
    destructive:
      trashed.some((item) => item.reason === 'dropped') ||
      [...repairs.values()].some((repair) => repair.isDestructive),
    lossy: ordered.some(isLossy),
    trashed,
    restored,
    models,
  };
}

/** A model as if it had had, all along, what comes back to it. What is computed is worked out anew. */
function withReturned(definition: Definition, returning: readonly RestoredField[]): Definition {
  if (returning.length === 0) return definition;
  const fields = returning.map(({ bare }) => bare).filter((field) => !isComputed(field));
  return { ...definition, fields: [...definition.fields, ...fields] };
}

/** A model from the trash without what lost the model that it referred to: nothing binds it, and lists stay there. */
function withoutLost(whole: Definition, after: Definition): Definition {
  const kept = new Set(after.fields.map(({ id }) => id));
  const fields = whole.fields.flatMap((field): readonly Field[] => {
    if (kept.has(field.id) || field.to === undefined) return [field];
    return hasJoinTable(field) ? [] : [{ ...bareField(field), index: true }];
  });
  return { ...whole, fields };
}

function returnedOf({ fields, models }: Restored, all: readonly Definition[]): readonly Returned[] {
  return [
    ...[...models.keys()].map((modelId) => ({ kind: 'model' as const, modelId, column: null })),
    ...all.flatMap((model) =>
      model.fields.flatMap(({ id }): readonly Returned[] => {
        const column = fields.get(id)?.bare.column;
        return column === undefined ? [] : [{ kind: 'field', modelId: model.id, column }];
      }),
    ),
  ];
}

/** What becomes of models that are there; the rest of a change is tables that come and go. */
interface Work {
  readonly steps: readonly Step[];
  readonly checks: readonly Check[];
  readonly warnings: readonly string[];
}

function alterations(
  altered: readonly Altered[],
  rekeyed: Rekeyed | undefined,
  models: readonly Definition[],
  presentOf: (after: Definition) => ModelContext,
): Work {
  if (rekeyed) return planKey(rekeyed, altered);
  return {
    steps: altered.flatMap(({ context, before }) => alterModelSteps(context, before)),
    checks: altered.flatMap(({ context, before }) => checksOf(presentOf(context.after), before)),
    warnings: altered.flatMap(({ context, before }) => listWarnings(before, context.after, models)),
  };
}

/** A stable sort by phase: within one, steps keep the order that they were worked out in. */
function inPhases(steps: readonly Step[]): readonly Step[] {
  return PHASES.flatMap((phase) => steps.filter((step) => step.phase === phase));
}

function sayUnmapped({ table, part, name, reason }: Unmapped): string {
  return `${table}, ${part}${part === 'table' ? '' : ` ${name}`}: ${reason}`;
}

function trashedFields(before: Definition, after: Definition): readonly Trashed[] {
  const columns = new Map([keyField(after), ...after.fields].map((field) => [field.id, field.column]));
  return [keyField(before), ...before.fields]
    .filter((field) => columns.get(field.id) !== field.column)
    .map((field) => ({
      kind: 'field',
      reason: columns.has(field.id) ? 'converted' : 'dropped',
      name: `${before.name}.${field.name}`,
      modelId: before.id,
      fieldId: field.id,
      table: before.table,
      column: field.column,
      body: field,
    }));
}

function trashedModel(definition: Definition): Trashed {
  return {
    kind: 'model',
    reason: 'dropped',
    name: definition.name,
    modelId: definition.id,
    fieldId: null,
    table: definition.table,
    column: null,
    body: definition,
  };
}
