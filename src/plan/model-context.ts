import { constantSql, defaultSql, isVolatileDefault } from '../definition/columns.ts';
import type { Definition, Field } from '../definition/definition.ts';
import type { ConversionOptions } from './conversions/field-conversion.ts';
import type { Link } from './conversions/reference.ts';
import type { StepBase, TableName } from './steps/step-kind.ts';

/** What the steps of one model are made from. */
export interface ModelContext {
  readonly after: Definition;
  readonly target: TableName;
  readonly trashSchema: string;
  /** The table of a model by its id, after the change. */
  readonly tableOf: (modelId: string) => TableName;
  /** Whether a model is there before the change. */
  readonly isThere: (modelId: string) => boolean;
  /** The JSON value that existing rows get in the named field, where the request gives one. */
  readonly backfillOf: (field: Field) => unknown;
  /** What the request says of values that do not convert by themselves. */
  readonly conversionOf: (field: Field) => ConversionOptions | undefined;
  /** The way to the records that a reference to the model of that id finds. */
  readonly linkTo: (modelId: string, match: string | undefined) => Link | undefined;
}

/** What the steps of a field have in common. */
export function stepOf<P extends StepBase['phase']>(context: ModelContext, field: Field, phase: P) {
  return {
    phase,
    model: context.after.name,
    field: field.name,
    target: context.target,
    columns: [field.column],
  };
}

/** SQL of what existing rows get in a field that was not there; null where they get nothing. */
export function valueAtOnce(context: ModelContext, field: Field): string | null {
  return constantSql(field, context.backfillOf(field)) ?? defaultSql(field);
}

/** Whether existing rows all get the same in a field that was not there. */
export function isAlikeAtOnce(context: ModelContext, field: Field): boolean {
  const isGiven = constantSql(field, context.backfillOf(field)) !== null;
  return isGiven || (defaultSql(field) !== null && !isVolatileDefault(field));
}
