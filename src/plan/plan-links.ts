import type { Field } from '../definition/definition.ts';
import { sourceKeyName, targetIndexName, targetKeyName } from '../definition/join-table.ts';
import type { ModelContext } from './model-context.ts';
import type { StepBase } from './steps/step-kind.ts';
import type { Step } from './steps.ts';

/** The steps of lists of references: what `plan-fields` is for columns, here for join tables. */

function base(context: ModelContext, field: Field, phase: StepBase['phase']) {
  const target = context.linksOf(field);
  return { phase, model: context.after.name, field: field.name, target, columns: ['*'] };
}

const ON_DELETE = { restrict: 'restrict', setNull: 'set null', cascade: 'cascade' } as const;

/** SQL of the foreign key from a link to what it leads to. */
export function targetKey(context: ModelContext, field: Field): string {
  const onDelete = ON_DELETE[field.onDelete ?? 'cascade'];
  const { table, key } = context.referredTo(field.to ?? '');
  return `foreign key (target) references ${table} (${key}) on delete ${onDelete}`;
}

function sourceKey(context: ModelContext): string {
  const { table, key } = context.referredTo(context.after.id);
  return `foreign key (source) references ${table} (${key}) on delete cascade`;
}

/** A foreign key of a join table that is there: made where it is not, and validated. */
export function linkKeySteps(
  context: ModelContext,
  field: Field,
  end: 'source' | 'target',
  isThere: boolean,
): readonly Step[] {
  const constraint = end === 'source' ? sourceKeyName(field) : targetKeyName(field);
  const definition = end === 'source' ? sourceKey(context) : targetKey(context, field);
  // Behind the primary keys that it refers to.
  const on = base(context, field, 'backfill');
  return [
    ...(isThere ? [] : [{ kind: 'addConstraint' as const, ...on, constraint, definition }]),
    { kind: 'validateConstraint', ...on, constraint },
  ];
}

/** The index of a join table, from what its links lead to. */
export function linkIndexStep(context: ModelContext, field: Field): Step {
  return {
    kind: 'createIndex',
    ...base(context, field, 'expand'),
    index: targetIndexName(field),
    unique: false,
    method: 'btree',
    keys: ['target', 'source'],
    where: null,
  };
}

export function noteLinksStep(context: ModelContext, field: Field): Step {
  return { kind: 'noteLinks', ...base(context, field, 'publish'), modelId: context.after.id };
}

/** A list that was not there, in a new model or in one that was. */
export function addLinksSteps(context: ModelContext, field: Field): readonly Step[] {
  return [joinTableStep(context, field, targetKey(context, field))];
}

/** The join table of a list; `definition`: the foreign key to what it refers to, null where that comes later. */
export function joinTableStep(context: ModelContext, field: Field, definition: string | null): Step {
  return {
    kind: 'createJoinTable',
    ...base(context, field, 'expand'),
    modelId: context.after.id,
    source: {
      table: context.target,
      keyType: context.after.key,
      constraint: sourceKeyName(field),
      definition: sourceKey(context),
    },
    to: {
      table: context.tableOf(field.to ?? ''),
      keyType: field.toKey ?? 'uuid',
      constraint: targetKeyName(field),
      definition,
    },
    index: targetIndexName(field),
  };
}

/** A list whose properties changed: of these, only `onDelete` is known to Postgres. */
export function alterLinksSteps(context: ModelContext, before: Field, field: Field): readonly Step[] {
  const constraint = targetKeyName(field);
  if (targetKeyName(before) === constraint) return [];
  return [
    { kind: 'dropConstraint', ...base(context, before, 'publish'), constraint: targetKeyName(before) },
    {
      kind: 'addConstraint',
      ...base(context, field, 'publish'),
      constraint,
      definition: targetKey(context, field),
    },
    { kind: 'validateConstraint', ...base(context, field, 'contract'), constraint },
  ];
}

/** A list that goes to the trash, by itself or with its model: its links stay, and bind nothing any more. */
export function dropLinksSteps(context: ModelContext, field: Field): readonly Step[] {
  return [
    { kind: 'dropConstraint', ...base(context, field, 'contract'), constraint: targetKeyName(field) },
    { kind: 'trashTable', ...base(context, field, 'contract'), trashSchema: context.trashSchema },
  ];
}
