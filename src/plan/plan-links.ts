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

/** A list that was not there, in a new model or in one that was. */
export function addLinksSteps(context: ModelContext, field: Field): readonly Step[] {
  return [joinTableStep(context, field, targetKey(context, field))];
}

/** The join table of a list; `definition`: the foreign key to what it refers to, null where that comes later. */
export function joinTableStep(context: ModelContext, field: Field, definition: string | null): Step {
  const source = context.referredTo(context.after.id);
  return {
    kind: 'createJoinTable',
    ...base(context, field, 'expand'),
    modelId: context.after.id,
    source: {
      table: context.target,
      keyType: context.after.key,
      constraint: sourceKeyName(field),
      definition: `foreign key (source) references ${source.table} (${source.key}) on delete cascade`,
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
