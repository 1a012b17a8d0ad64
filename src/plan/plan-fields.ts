import { checkConstraints, constantSql, defaultSql, isVolatileDefault } from '../definition/columns.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { specOf } from '../definition/field-types.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { objectName } from '../definition/physical-names.ts';
import type { ConversionOptions } from './conversions/field-conversion.ts';
import type { Link } from './conversions/reference.ts';
import type { StepBase, TableName } from './steps/step-kind.ts';
import { quoteTable } from './steps/table-sql.ts';
import type { Step } from './steps.ts';

/** What the steps of one model are made from. */
export interface ModelContext {
  readonly after: Definition;
  readonly target: TableName;
  readonly trashSchema: string;
  /** The table of a model by its id, after the change. */
  readonly tableOf: (modelId: string) => TableName;
  /** The JSON value that existing rows get in the named field, where the request gives one. */
  readonly backfillOf: (field: Field) => unknown;
  /** What the request says of values that do not convert by themselves. */
  readonly conversionOf: (field: Field) => ConversionOptions | undefined;
  /** The way to the records that a reference to the model of that id finds. */
  readonly linkTo: (modelId: string, match: string | undefined) => Link | undefined;
}

/** The Postgres types of keys. */
export const KEY_TYPES = { uuid: 'uuid', bigint: 'bigint', text: 'text' } as const;

function base<P extends StepBase['phase']>(context: ModelContext, field: Field, phase: P) {
  return {
    phase,
    model: context.after.name,
    field: field.name,
    target: context.target,
    columns: [field.column],
  };
}

/** A field that was not there. */
export function addFieldSteps(context: ModelContext, field: Field): readonly Step[] {
  const wanted = defaultSql(field);
  const given = constantSql(field, context.backfillOf(field));
  const atOnce = given ?? (isVolatileDefault(field) ? null : wanted);
  const column = field.column;
  const steps: Step[] = [
    {
      kind: 'addColumn',
      ...base(context, field, 'expand'),
      column,
      type: specOf(field).columnType(field),
      default: atOnce,
    },
  ];
  if (isVolatileDefault(field) && wanted !== null) {
    steps.push({ kind: 'setDefault', ...base(context, field, 'expand'), column, default: wanted });
    steps.push(backfillStep(context, field, wanted, 'backfill'));
  }
  for (const check of checkConstraints(field)) {
    steps.push(...constraintSteps(context, field, check.name, `check (${check.expression})`, 'expand'));
  }
  if (field.to !== undefined) steps.push(...foreignKeySteps(context, field, 'expand'));
  if (field.required) steps.push(...notNullSteps(context, field, atOnce));
  // A value for existing rows served, until now, those who do not know the column as its default.
  if (given !== null && given !== wanted) {
    steps.push({ kind: 'setDefault', ...base(context, field, 'contract'), column, default: wanted });
  }
  return steps;
}

/** A field that goes to the trash; its column stays, and stops to bind what is still there. */
export function dropFieldSteps(context: ModelContext, field: Field): readonly Step[] {
  const steps: Step[] = [];
  if (field.required) {
    steps.push({ kind: 'dropNotNull', ...base(context, field, 'publish'), column: field.column });
  }
  steps.push(...unbindSteps(context, field));
  if (field.default !== undefined) {
    steps.push({
      kind: 'setDefault',
      ...base(context, field, 'contract'),
      column: field.column,
      default: null,
    });
  }
  const { column } = field;
  steps.push({ kind: 'trashColumn', ...base(context, field, 'contract'), column, modelId: context.after.id });
  return steps;
}

/** What lies in the trash does not keep what it referred to from being deleted, and does not go with it. */
export function unbindSteps(context: ModelContext, field: Field): readonly Step[] {
  if (field.to === undefined) return [];
  const constraint = foreignKeyOf(context, field);
  return [{ kind: 'dropConstraint', ...base(context, field, 'contract'), constraint }];
}

/** A field whose properties changed, but not its column. */
export function alterFieldSteps(context: ModelContext, before: Field, field: Field): readonly Step[] {
  const steps: Step[] = [];
  const type = specOf(field).columnType(field);
  if (type !== specOf(before).columnType(before)) {
    steps.push({ kind: 'widenColumn', ...base(context, field, 'publish'), column: field.column, type });
  }
  if (defaultSql(before) !== defaultSql(field)) {
    steps.push({
      kind: 'setDefault',
      ...base(context, field, 'publish'),
      column: field.column,
      default: defaultSql(field),
    });
  }
  const had = checkConstraints(before);
  const has = checkConstraints(field);
  for (const check of had) {
    if (has.some((c) => c.name === check.name)) continue;
    steps.push({ kind: 'dropConstraint', ...base(context, field, 'publish'), constraint: check.name });
  }
  for (const check of has) {
    if (had.some((c) => c.name === check.name)) continue;
    steps.push(...constraintSteps(context, field, check.name, `check (${check.expression})`, 'contract'));
  }
  if (before.required && !field.required) {
    steps.push({ kind: 'dropNotNull', ...base(context, field, 'publish'), column: field.column });
  }
  if (!before.required && field.required) {
    const given = constantSql(field, context.backfillOf(field));
    if (given !== null) steps.push(backfillStep(context, field, given, 'backfill'));
    steps.push(...notNullSteps(context, field, given));
  }
  if (foreignKeyOf(context, before) !== foreignKeyOf(context, field)) {
    if (before.to !== undefined) {
      steps.push({
        kind: 'dropConstraint',
        ...base(context, field, 'publish'),
        constraint: foreignKeyOf(context, before),
      });
    }
    if (field.to !== undefined)
      steps.push(...foreignKeySteps(context, field, before.to === undefined ? 'contract' : 'publish'));
  }
  return steps;
}

/** NOT NULL after grace, with whatever the previous class left empty filled first. */
export function notNullSteps(context: ModelContext, field: Field, value: string | null): readonly Step[] {
  const proof = objectName('ck', field.column, 'not null');
  const steps: Step[] = [];
  if (value !== null) steps.push(backfillStep(context, field, value, 'contract'));
  steps.push(
    ...constraintSteps(
      context,
      field,
      proof,
      `check (${quoteIdentifier(field.column)} is not null)`,
      'contract',
    ),
    { kind: 'setNotNull', ...base(context, field, 'contract'), column: field.column, proof },
  );
  return steps;
}

export function backfillStep(
  context: ModelContext,
  field: Field,
  value: string,
  phase: 'backfill' | 'contract',
): Step {
  return {
    kind: 'backfill',
    ...base(context, field, phase),
    column: field.column,
    value,
    keyType: KEY_TYPES[context.after.key],
  };
}

export function constraintSteps(
  context: ModelContext,
  field: Field,
  constraint: string,
  definition: string,
  phase: 'expand' | 'contract',
): readonly Step[] {
  return [
    { kind: 'addConstraint', ...base(context, field, phase), constraint, definition },
    { kind: 'validateConstraint', ...base(context, field, phase), constraint },
  ];
}

/** The name of a reference's foreign key to the table of that name; the digest holds it. */
export function foreignKeyName(field: Field, table: string): string {
  return objectName('fk', field.column, table, field.onDelete ?? 'restrict');
}

/** The same in the tables of a plan; empty where the field refers to nothing. */
export function foreignKeyOf(context: ModelContext, field: Field): string {
  return field.to === undefined ? '' : foreignKeyName(field, context.tableOf(field.to).table);
}

const ON_DELETE = { restrict: 'restrict', setNull: 'set null', cascade: 'cascade' } as const;

/** The foreign key of a reference. */
export function foreignKeySteps(
  context: ModelContext,
  field: Field,
  phase: 'expand' | 'backfill' | 'publish' | 'contract',
): readonly Step[] {
  if (field.to === undefined) return [];
  const constraint = foreignKeyOf(context, field);
  const definition = `foreign key (${quoteIdentifier(field.column)}) references ${quoteTable(context.tableOf(field.to))} (id) on delete ${ON_DELETE[field.onDelete ?? 'restrict']}`;
  return [
    { kind: 'addConstraint', ...base(context, field, phase), constraint, definition },
    {
      kind: 'validateConstraint',
      ...base(context, field, phase === 'publish' ? 'contract' : phase),
      constraint,
    },
  ];
}
