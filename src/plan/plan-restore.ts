import { checkConstraints, constantSql, defaultSql } from '../definition/columns.ts';
import type { Field } from '../definition/definition.ts';
import { hasJoinTable, targetKeyName } from '../definition/join-table.ts';
import { type ModelContext, stepOf } from './model-context.ts';
import { backfillStep, checkSteps, notNullSteps } from './plan-fields.ts';
import { foreignKeySteps } from './plan-foreign-keys.ts';
import { targetKey } from './plan-links.ts';
import type { RestoredField } from './restored.ts';
import type { Step } from './steps.ts';
import type { TrashedModel } from './trash-entry.ts';

/** What comes back from the trash: first the columns and tables, in which nobody knows them, then their rules. */

/**
 * The columns and join tables of a model's fields that come back. The rules that a column brings along go with the
 * publish, from which on it is written: those that it is to have come anew, for which rows they hold is to be seen.
 * Rules that no definition says stay.
 */
export function returnSteps(context: ModelContext, restored: readonly RestoredField[]): readonly Step[] {
  return restored.flatMap(({ entry, bare }): readonly Step[] => {
    if (hasJoinTable(bare)) return [linksStep(context, bare)];
    const { column } = bare;
    const on = stepOf(context, bare, 'expand');
    return [
      { kind: 'restoreColumn', ...on, from: entry.trashedAs, to: column, modelId: context.after.id },
      ...checkConstraints(entry.field).map(
        ({ name }): Step => ({
          kind: 'dropConstraint',
          ...stepOf(context, bare, 'publish'),
          constraint: name,
        }),
      ),
    ];
  });
}

function linksStep(context: ModelContext, field: Field): Step {
  return {
    kind: 'restoreTable',
    phase: 'expand',
    model: context.after.name,
    field: field.name,
    target: { schema: context.target.schema, table: field.column },
    columns: ['*'],
    trashSchema: context.trashSchema,
  };
}

/** Nothing to do where the drop ended without moving the table. */
function tableSteps({ after, target }: ModelContext, { trashSchema }: TrashedModel): readonly Step[] {
  if (trashSchema === null) return [];
  const step = { kind: 'restoreTable', phase: 'expand', model: after.name, target } as const;
  return [{ ...step, columns: ['*'], trashSchema, modelId: after.id }];
}

/** The tables of a model that comes back, then what binds it to others. */
export function returnModelSteps(
  context: ModelContext,
  entry: TrashedModel,
): {
  readonly tables: readonly Step[];
  readonly keys: readonly Step[];
} {
  const before = entry.definition;
  const kept = new Map(context.after.fields.map((field) => [field.id, field]));
  const bound = before.fields.flatMap((field) => {
    const now = kept.get(field.id);
    return field.to === undefined || !now || now.column !== field.column ? [] : [now];
  });
  return {
    tables: [
      ...tableSteps(context, entry),
      ...bound.filter(hasJoinTable).map((field) => linksStep(context, field)),
    ],
    keys: bound.flatMap((field) =>
      hasJoinTable(field) ? bindLinksSteps(context, field) : bindSteps(context, field),
    ),
  };
}

/** A field that is in its column again: what it demands of the values comes as if it were new. */
export function restoreFieldSteps(context: ModelContext, field: Field): readonly Step[] {
  if (hasJoinTable(field)) return bindLinksSteps(context, field);
  const steps: Step[] = [];
  const given = constantSql(field, context.backfillOf(field));
  const wanted = defaultSql(field);
  if (wanted !== null) {
    steps.push({
      kind: 'setDefault',
      ...stepOf(context, field, 'publish'),
      column: field.column,
      default: wanted,
    });
  }
  if (field.to !== undefined) steps.push(...clearSteps(context, field));
  if (given !== null) steps.push(backfillStep(context, field, given, 'backfill'));
  for (const check of checkConstraints(field)) steps.push(...checkSteps(context, field, check, 'contract'));
  if (field.required) steps.push(...notNullSteps(context, field, given));
  return steps;
}

/** The foreign key of a reference whose column was there, with records that may be gone. */
function bindSteps(context: ModelContext, field: Field): readonly Step[] {
  return [...clearSteps(context, field), ...foreignKeySteps(context, field, 'publish')];
}

/** From the publish on, deletes obey the foreign key; those until then leave references behind that lead nowhere. */
function clearSteps(context: ModelContext, field: Field): readonly Step[] {
  if (field.required || field.to === undefined) return [];
  const refersTo = context.referredTo(field.to);
  return (['backfill', 'contract'] as const).map((phase) => ({
    kind: 'clearOrphans',
    ...stepOf(context, field, phase),
    column: field.column,
    refersTo,
    key: context.key,
  }));
}

function bindLinksSteps(context: ModelContext, field: Field): readonly Step[] {
  const target = context.linksOf(field);
  const on = <P extends Step['phase']>(phase: P) => ({
    ...stepOf(context, field, phase),
    target,
    columns: ['*'],
  });
  const refersTo = context.referredTo(field.to ?? '');
  const prune = { kind: 'pruneLinks', owner: context.target, key: context.key, refersTo } as const;
  const constraint = targetKeyName(field);
  return [
    { ...prune, ...on('backfill') },
    {
      kind: 'addConstraint',
      ...on('publish'),
      constraint,
      definition: targetKey(context, field),
    },
    { ...prune, ...on('contract') },
    { kind: 'validateConstraint', ...on('contract'), constraint },
  ];
}
