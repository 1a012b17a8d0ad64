import { checkConstraints } from '../definition/columns.ts';
import { type ComputedField, computedInOrder, computedSql, usedIds } from '../definition/computed.ts';
import type { Definition } from '../definition/definition.ts';
import { specOf } from '../definition/field-types.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import type { ModelContext } from './model-context.ts';
import { checkSteps, notNullSteps } from './plan-fields.ts';
import type { StepBase } from './steps/step-kind.ts';
import type { Step } from './steps.ts';

/** A computed field, and how many stand in a row up to it. */
export type Computing = ReturnType<typeof computedInOrder>[number];

/** The computed fields whose columns are yet to be filled, each after those that it uses. */
export function newComputed(before: Definition | undefined, after: Definition): readonly Computing[] {
  const columns = new Set(before?.fields.map((field) => field.column));
  return computedInOrder(after.fields).filter(({ field }) => !columns.has(field.column));
}

/** The triggers of a table that is made in this change. */
export function createComputedSteps(context: ModelContext): readonly Step[] {
  return newComputed(undefined, context.after).map((computing) => triggerStep(context, computing));
}

/** Columns that are new to a table: added, worked out for whoever writes, then for the rows that are there. */
export function addComputedSteps(context: ModelContext, before: Definition): readonly Step[] {
  return newComputed(before, context.after).flatMap((computing): readonly Step[] => {
    const { field } = computing;
    const { column } = field;
    const on = <P extends StepBase['phase']>(phase: P) => stepOn(context, field, context.after, phase);
    const type = specOf(field).columnType(field);
    return [
      ...(context.restoredFrom(field)
        ? []
        : [{ kind: 'addColumn' as const, ...on('expand'), column, type, default: null }]),
      ...computeSteps(context, computing),
      // What the class before writes may break them until it is gone.
      ...checkConstraints(field).flatMap((check) => checkSteps(context, field, check, 'contract')),
      ...(field.required ? notNullSteps(context, field, null) : []),
    ];
  });
}

/** A column that is worked out for whoever writes, and for the rows that are there. */
export function computeSteps(context: ModelContext, computing: Computing): readonly Step[] {
  const { field } = computing;
  return [
    triggerStep(context, computing),
    {
      kind: 'convert',
      ...stepOn(context, field, context.after, 'backfill'),
      to: field.column,
      value: sqlOver(context.after, field, 't'),
      lossy: false,
      key: context.key,
    },
  ];
}

/** Columns that are computed no more: their fields are gone, or are computed in another way. */
export function dropComputedSteps(context: ModelContext, before: Definition): readonly Step[] {
  const kept = new Set(context.after.fields.map((field) => field.column));
  return computedInOrder(before.fields)
    .filter(({ field }) => !kept.has(field.column))
    .reverse()
    .map(({ field, level }): Step => {
      const on = stepOn(context, field, before, 'contract');
      return { kind: 'dropComputed', ...on, column: field.column, level };
    });
}

/** A field that is computed in another way, in another column: what the old column is still bound by, and its end. */
export function leaveColumnSteps(context: ModelContext, before: ComputedField): readonly Step[] {
  const { column } = before;
  const on = <P extends StepBase['phase']>(phase: P) => ({
    phase,
    model: context.after.name,
    field: before.name,
    target: context.target,
    columns: [column],
  });
  return [
    ...checkConstraints(before).map(
      (check): Step => ({ kind: 'dropConstraint', ...on('publish'), constraint: check.name }),
    ),
    ...(before.required ? [{ kind: 'dropNotNull' as const, ...on('publish'), column }] : []),
    { kind: 'trashColumn', ...on('contract'), column, modelId: context.after.id },
  ];
}

function triggerStep(context: ModelContext, { field, level }: Computing): Step {
  const value = sqlOver(context.after, field, 'new');
  const on = stepOn(context, field, context.after, 'expand');
  return { kind: 'addComputed', ...on, column: field.column, value, level };
}

/** The SQL of a computed value over the columns of an alias. */
export function sqlOver(model: Definition, field: ComputedField, alias: string): string {
  return computedSql(field, model.fields, (source) => `${alias}.${quoteIdentifier(source.column)}`);
}

/** It touches the columns that it reads as well: a later change of one of them waits. */
function stepOn<P extends StepBase['phase']>(
  context: ModelContext,
  field: ComputedField,
  model: Definition,
  phase: P,
) {
  const used = new Set(usedIds(field));
  const sources = model.fields.filter((source) => used.has(source.id));
  return {
    phase,
    model: context.after.name,
    field: field.name,
    target: context.target,
    columns: [field.column, ...sources.map((source) => source.column)],
  };
}
