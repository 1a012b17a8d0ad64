import * as v from 'valibot';
import { isComputed, usableFields, usedIds } from '../definition/computed.ts';
import type { Definition, Field } from '../definition/definition.ts';
import type { DefinitionInput } from '../definition/definition-input.ts';
import { specOf } from '../definition/field-types.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { pointer } from '../definition/json-pointer.ts';
import { Failure, type Finding } from '../failure.ts';
import { adoptInTheWay } from './adopt/adopt-tables.ts';
import type { Unmapped } from './adopt/adopted-parts.ts';
import { alignedDefinitions } from './aligned-definitions.ts';
import { applyOperation } from './apply-operation.ts';
import type { ChangeRequest } from './change-request.ts';
import { Draft, type SaidOfFields } from './draft.ts';
import type { Repairs } from './drift/apply-repair.ts';
import { type Rekeyed, rekeyedDefinitions, rekeyedModel } from './rekeyed-definitions.ts';
import type { Question } from './resolve-fields.ts';
import { invalid } from './resolve-index.ts';
import type { Restored, RestoredField } from './restored.ts';
import type { WorkspaceState } from './workspace-state.ts';

export interface NextDefinitions {
  readonly models: readonly Definition[];
  readonly questions: readonly Question[];
  /** The model whose key is exchanged; the change is then about nothing else. */
  readonly rekeyed: Rekeyed | undefined;
  readonly restored: Restored;
  readonly warnings: readonly string[];
  /** What of adopted tables no definition says. */
  readonly unmapped: readonly Unmapped[];
  readonly repairs: Repairs;
}

/** What the models are to be after a change. Throws `Failure` where the request does not fit what is there. */
export function nextDefinitions(state: WorkspaceState, request: ChangeRequest): NextDefinitions {
  const draft = draftOf(state, request);
  const findings = [
    ...draft.findings,
    ...invalidTogether(draft),
    ...invalidBackfill(draft, request.backfill ?? {}),
    ...invalidConversions(draft, request.conversions ?? {}),
  ];
  if (findings.length > 0) {
    const code = findings.every((finding) => finding.code === 'not_supported')
      ? 'not_supported'
      : 'validation_failed';
    throw new Failure(code, findings[0]?.message ?? 'the definitions do not fit', {
      errors: findings,
    });
  }
  const models = rekeyedDefinitions(state, draft.models, draft.keyWishes);
  return {
    models: alignedDefinitions(state, request, models),
    questions: draft.questions,
    rekeyed: rekeyedModel(state, models, draft.keyWishes),
    unmapped: draft.unmapped,
    repairs: draft.repairs,
    restored: stillRestored(draft, models),
    warnings: draft.warnings,
  };
}

/**
 * A request speaks of the values of fields by the names that these end with; an operation has to know of it ahead of the
 * one that gives a field its name. So the request is applied once more where it says something.
 */
function draftOf(state: WorkspaceState, request: ChangeRequest): Draft {
  const { backfill = {}, conversions = {} } = request;
  const first = apply(new Draft(state, request, { conversions: new Map(), filled: new Set() }), request);
  const said: SaidOfFields = {
    conversions: new Map(
      Object.entries(conversions).flatMap(([key, options]) => {
        const field = findField(first, key);
        return field ? [[field.id, { key, options }] as const] : [];
      }),
    ),
    filled: new Set(
      Object.entries(backfill).flatMap(([key, value]) =>
        value === null ? [] : (findField(first, key)?.id ?? []),
      ),
    ),
  };
  if (said.conversions.size + said.filled.size === 0) return first;
  return apply(new Draft(state, request, said), request);
}

function apply(draft: Draft, request: ChangeRequest): Draft {
  if (request.models) declare(draft, request.models, request);
  const operations = request.operations ?? [];
  for (const operation of operations) {
    if (operation.op === 'createModel') draft.announce(operation.definition);
    if (operation.op === 'restore') announceReturn(draft, operation.trash);
  }
  operations.forEach((operation, n) => {
    applyOperation(draft, operation, `/operations/${n}`, request);
  });
  return draft;
}

function announceReturn(draft: Draft, trash: string): void {
  const entry = draft.state.trash.find(({ id }) => id === trash);
  if (entry?.kind === 'model') draft.returning.add(entry.modelId);
}

/** What came back and was not dropped again; what is computed comes back only where its column holds the same. */
function stillRestored(draft: Draft, models: readonly Definition[]): Restored {
  const fields = new Map(models.flatMap((model) => model.fields.map((field) => [field.id, field] as const)));
  const isKept = (id: string, { bare }: RestoredField) => {
    const field = fields.get(id);
    return field !== undefined && (!isComputed(field) || field.column === bare.column);
  };
  return {
    fields: new Map([...draft.restored.fields].filter(([id, restored]) => isKept(id, restored))),
    models: new Map([...draft.restored.models].filter(([id]) => models.some((model) => model.id === id))),
  };
}

function declare(
  draft: Draft,
  inputs: readonly DefinitionInput[],
  { prune = false, found, conflicts }: ChangeRequest,
): void {
  const before = draft.models;
  const named = inputs.map((input) => findPrevious(before, input));
  assertDeclaredOnce(inputs, named);
  if (prune) {
    for (const model of before) if (!named.includes(model)) draft.remove(model.id);
  }
  for (const input of inputs) draft.announce(input);
  // Names first: what refers to a renamed model finds it under its new name.
  inputs.forEach((input, n) => {
    const previous = named[n];
    if (previous && previous.name !== input.name) draft.replace({ ...previous, name: input.name });
  });
  inputs.forEach((input, n) => {
    const path = `/models/${n}`;
    draft.put(input, named[n] ?? adoptInTheWay(draft, input, { found, conflicts }, path), path);
  });
}

/** Of two definitions of one model, the one would undo the other. */
function assertDeclaredOnce(
  inputs: readonly DefinitionInput[],
  named: readonly (Definition | undefined)[],
): void {
  for (const [n, { name }] of inputs.entries()) {
    const isSame = (m: number) =>
      inputs[m]?.name === name || (named[m] !== undefined && named[m] === named[n]);
    const first = inputs.findIndex((_, m) => isSame(m));
    if (first === n) continue;
    throw invalid(`/models/${n}/name`, 'duplicate_model', `${name} is declared by /models/${first} already`);
  }
}

function findPrevious(models: readonly Definition[], input: DefinitionInput): Definition | undefined {
  return (
    models.find((model) => model.id === input.id) ??
    models.find((model) => input.id === undefined && model.name === input.renamedFrom) ??
    models.find((model) => model.name === input.name)
  );
}

/** What only all models together can get wrong: a name twice, a reference to what is gone. */
function invalidTogether(draft: Draft): readonly Finding[] {
  const findings: Finding[] = [];
  const names = new Set<string>();
  for (const model of draft.models) {
    if (names.has(model.name)) {
      findings.push({
        path: '',
        code: 'model_exists',
        message: `two models would have the name ${model.name}`,
      });
    }
    names.add(model.name);
    for (const field of model.fields) {
      if (field.to !== undefined && draft.isGone(field.to)) {
        findings.push({
          path: '',
          code: 'model_referenced',
          message: `${model.name}.${field.name} refers to a model that would be gone; drop that field in the same change`,
        });
      }
      // An expression that was refused has been judged already.
      const gone = draft.findings.length === 0 ? goneSource(draft, model, field) : undefined;
      if (gone !== undefined) {
        const message = `${model.name}.${field.name} is computed from ${gone}, which would be gone; drop ${field.name} or change its expression in the same change`;
        findings.push({ path: '', code: 'field_in_use', message });
      }
    }
  }
  return findings;
}

/** The name that a field had which a computed one uses, and which is no more. */
function goneSource(draft: Draft, model: Definition, field: Field): string | undefined {
  if (!isComputed(field)) return undefined;
  const known = new Set(usableFields(model.fields).map(({ id }) => id));
  const gone = usedIds(field).find((id) => !known.has(id));
  return gone === undefined ? undefined : draft.lastNameOf(model.id, gone);
}

/** Values for existing records are judged as those of new records are. */
function invalidBackfill(draft: Draft, backfill: Readonly<Record<string, unknown>>): readonly Finding[] {
  return Object.entries(backfill).flatMap(([key, value]) => {
    const path = pointer('/backfill', key);
    const field = findField(draft, key);
    if (!field) return [unknownField(key, path)];
    if (hasJoinTable(field)) {
      const message = 'existing records start with an empty list; write their lists once the field is there';
      return [{ path, code: 'not_supported', message }];
    }
    if (!isComputed(field)) return invalidValue(field, value, path);
    const message = `${key} is computed: existing records get what its expression says`;
    return [{ path, code: 'read_only_field', message }];
  });
}

/** What a value becomes is judged in the same way. */
function invalidConversions(
  draft: Draft,
  conversions: NonNullable<ChangeRequest['conversions']>,
): readonly Finding[] {
  return Object.entries(conversions).flatMap(([key, { onError, map }]) => {
    const path = pointer('/conversions', key);
    const field = findField(draft, key);
    if (!field) return [unknownField(key, path)];
    const mapped = Object.entries(map ?? {}).flatMap(([text, value]) =>
      invalidValue(field, value, pointer(pointer(path, 'map'), text)),
    );
    if (typeof onError !== 'object') return mapped;
    return [...mapped, ...invalidValue(field, onError.default, `${path}/onError/default`)];
  });
}

function findField(draft: Draft, key: string): Field | undefined {
  const [modelName = '', fieldName] = key.split('.', 2);
  return draft.byName(modelName)?.fields.find((field) => field.name === fieldName);
}

function unknownField(key: string, path: string): Finding {
  const message = `after this change there is no field ${key}; write it as MODEL.FIELD, by their new names`;
  return { path, code: 'unknown_field', message };
}

function invalidValue(field: Field, value: unknown, path: string): readonly Finding[] {
  const parsed = value === null ? null : v.safeParse(specOf(field).validator(field, true), value);
  if (!parsed || parsed.success) return [];
  return [{ path, code: 'invalid_value', message: `does not fit the field: ${parsed.issues[0].message}` }];
}
