import { storedType } from '../definition/adopted.ts';
import {
  type CheckConstraint,
  checkConstraints,
  constantSql,
  defaultSql,
  isVolatileDefault,
} from '../definition/columns.ts';
import type { Field } from '../definition/definition.ts';
import { specOf } from '../definition/field-types.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { objectName } from '../definition/physical-names.ts';
import type { Check } from './check.ts';
import { type ModelContext, stepOf } from './model-context.ts';
import { unbindSteps } from './plan-foreign-keys.ts';
import { brokenCheck, nullsCheck } from './row-checks.ts';
import type { Step } from './steps.ts';

/** A field that was not there. */
export function addFieldSteps(context: ModelContext, field: Field): readonly Step[] {
  const wanted = defaultSql(field);
  const given = constantSql(field, context.backfillOf(field));
  const atOnce = given ?? (isVolatileDefault(field) ? null : wanted);
  const column = field.column;
  const steps: Step[] = [
    {
      kind: 'addColumn',
      ...stepOf(context, field, 'expand'),
      column,
      type: specOf(field).columnType(field),
      default: atOnce,
    },
  ];
  if (isVolatileDefault(field) && wanted !== null) {
    steps.push({ kind: 'setDefault', ...stepOf(context, field, 'expand'), column, default: wanted });
    steps.push(backfillStep(context, field, wanted, 'backfill'));
  }
  for (const check of checkConstraints(field)) {
    steps.push(...checkSteps(context, field, check, 'expand'));
  }
  if (field.required) steps.push(...notNullSteps(context, field, atOnce));
  // A value for existing rows served, until now, those who do not know the column as its default.
  if (given !== null && given !== wanted) {
    steps.push({ kind: 'setDefault', ...stepOf(context, field, 'contract'), column, default: wanted });
  }
  return steps;
}

/** A field that goes to the trash; its column stays, and stops to bind what is still there. */
export function dropFieldSteps(context: ModelContext, field: Field): readonly Step[] {
  const steps: Step[] = [];
  if (field.required) {
    steps.push({ kind: 'dropNotNull', ...stepOf(context, field, 'publish'), column: field.column });
  }
  steps.push(...unbindSteps(context, field, 'contract'));
  if (field.default !== undefined) {
    steps.push({
      kind: 'setDefault',
      ...stepOf(context, field, 'contract'),
      column: field.column,
      default: null,
    });
  }
  const { column } = field;
  steps.push({
    kind: 'trashColumn',
    ...stepOf(context, field, 'contract'),
    column,
    modelId: context.after.id,
  });
  return steps;
}

/** A field whose properties changed, but not its column. */
export function alterFieldSteps(context: ModelContext, before: Field, field: Field): readonly Step[] {
  const steps: Step[] = [];
  const type = storedType(field);
  const isWidened = type !== storedType(before);
  const had = checkConstraints(before);
  const has = checkConstraints(field);
  const isKept = (name: string) => has.some((check) => check.name === name);
  for (const constraint of new Set(had.map(({ name }) => name))) {
    if (isKept(constraint) && !isWidened) continue;
    steps.push({ kind: 'dropConstraint', ...stepOf(context, field, 'publish'), constraint });
  }
  if (isWidened) {
    steps.push({ kind: 'widenColumn', ...stepOf(context, field, 'publish'), column: field.column, type });
    // Postgres would look at each row again by the rules that the column has as its type changes.
    for (const check of whole(had.filter(({ name }) => isKept(name)))) {
      steps.push(...checkSteps(context, field, check, 'publish'));
    }
  }
  if (defaultSql(before) !== defaultSql(field)) {
    steps.push({
      kind: 'setDefault',
      ...stepOf(context, field, 'publish'),
      column: field.column,
      default: defaultSql(field),
    });
  }
  for (const check of has) {
    if (had.some((c) => c.name === check.name)) continue;
    steps.push(...checkSteps(context, field, check, 'contract'));
  }
  if (before.required && !field.required) {
    steps.push({ kind: 'dropNotNull', ...stepOf(context, field, 'publish'), column: field.column });
  }
  if (!before.required && field.required) {
    // In an adopted table, whose columns stay; others get a column in which nulls have the value.
    const given = constantSql(field, context.backfillOf(field));
    if (given !== null) steps.push(backfillStep(context, field, given, 'backfill'));
    steps.push(...notNullSteps(context, field, given));
  }
  return steps;
}

/** Each constraint once: that of an adopted column may say several limits. */
function whole(checks: readonly CheckConstraint[]): readonly CheckConstraint[] {
  const expressions = Map.groupBy(checks, ({ name }) => name);
  return [...expressions].map(([name, parts]) => ({
    name,
    expression: parts.map(({ expression }) => `(${expression})`).join(' and '),
  }));
}

/** NOT NULL after grace, with whatever the previous class left empty filled first. */
export function notNullSteps(context: ModelContext, field: Field, value: string | null): readonly Step[] {
  const condition = `${quoteIdentifier(field.column)} is not null`;
  const proof = { name: objectName('ck', field.column, 'not null'), expression: condition };
  const steps: Step[] = [];
  if (value !== null) steps.push(backfillStep(context, field, value, 'contract'));
  steps.push(...constraintSteps(context, field, proof, nullsCheck(context, field), 'contract'), {
    kind: 'setNotNull',
    ...stepOf(context, field, 'contract'),
    column: field.column,
    proof: proof.name,
  });
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
    ...stepOf(context, field, phase),
    column: field.column,
    value,
    key: context.key,
  };
}

/** A rule of a field: new rows obey at once, old ones are looked at beside the traffic. */
export function checkSteps(
  context: ModelContext,
  field: Field,
  constraint: CheckConstraint,
  phase: 'expand' | 'publish' | 'contract',
): readonly Step[] {
  return constraintSteps(context, field, constraint, brokenCheck(context, field, constraint), phase);
}

function constraintSteps(
  context: ModelContext,
  field: Field,
  { name: constraint, expression }: CheckConstraint,
  check: Check,
  phase: 'expand' | 'publish' | 'contract',
): readonly Step[] {
  const definition = `check (${expression})`;
  const later = phase === 'publish' ? 'contract' : phase;
  return [
    { kind: 'addConstraint', ...stepOf(context, field, phase), constraint, definition },
    { kind: 'validateConstraint', ...stepOf(context, field, later), constraint, check },
  ];
}
