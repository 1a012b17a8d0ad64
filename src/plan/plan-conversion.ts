import { asFarAsStored, asRead } from '../definition/adopted.ts';
import { checkConstraints, constantSql, defaultSql } from '../definition/columns.ts';
import type { Field } from '../definition/definition.ts';
import { specOf } from '../definition/field-types.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { objectName } from '../definition/physical-names.ts';
import { type FieldConversion, fieldConversion } from './conversions/field-conversion.ts';
import type { ModelContext } from './model-context.ts';
import { checkSteps, notNullSteps } from './plan-fields.ts';
import { foreignKeyOf, foreignKeySteps } from './plan-foreign-keys.ts';
import type { Step } from './steps.ts';

/** The conversion of a field whose next column is another one. */
export function conversionFor(context: ModelContext, before: Field, field: Field): FieldConversion {
  const options = context.conversionOf(field);
  const modelId = field.to ?? before.to;
  const link = modelId === undefined ? undefined : context.linkTo(modelId, options?.match);
  const given = field.required ? constantSql(field, context.backfillOf(field)) : null;
  const conversion = fieldConversion(before, field, options, link ?? null, given);
  if (!conversion) throw new TypeError(`a ${before.type} is not converted to ${field.type}`);
  return conversion;
}

/**
 * A field that moves to another column (recipe R3). What the next class may break of the old column's rules goes
 * with the publish; what the class before may break of the new one's comes with the contract. Those that Postgres
 * alone can keep between several writers stand before the publish.
 */
export function moveFieldSteps(context: ModelContext, before: Field, field: Field): readonly Step[] {
  const steps = [...convertSteps(context, before, field)];
  steps.push(...foreignKeySteps(context, field, 'backfill'));
  const old = {
    phase: 'publish',
    model: context.after.name,
    field: field.name,
    target: context.target,
  } as const;
  const dropped = [
    ...new Set(checkConstraints(before).map((check) => check.name)),
    ...(before.to === undefined ? [] : [foreignKeyOf(context, before)]),
  ];
  for (const constraint of dropped) {
    steps.push({ kind: 'dropConstraint', ...old, columns: [before.column], constraint });
  }
  for (const check of checkConstraints(field)) {
    steps.push(...checkSteps(context, field, check, 'contract'));
  }
  // What the class before leaves empty has the value that is given, if any, by the trigger.
  if (field.required) steps.push(...notNullSteps(context, field, null));
  return steps;
}

/** Both columns are kept in step from expand to contract, for the class before and the next one alike. */
function convertSteps(context: ModelContext, before: Field, field: Field): readonly Step[] {
  const { column: from } = before;
  const { column: to } = field;
  const conversion = conversionFor(context, before, field);
  const { unconverted } = conversion;
  const base = <P extends Step['phase']>(phase: P) => ({
    phase,
    model: context.after.name,
    field: field.name,
    target: context.target,
    columns: [from, to],
  });
  const steps: Step[] = [
    {
      kind: 'addShadow',
      ...base('expand'),
      from,
      to,
      type: specOf(field).columnType(field),
      forward: conversion.forward(asRead(before, `new.${quoteIdentifier(from)}`)),
      back: asFarAsStored(before, conversion.back(`new.${quoteIdentifier(to)}`)),
    },
    {
      kind: 'convert',
      ...base('backfill'),
      to,
      value: conversion.forward(asRead(before, `t.${quoteIdentifier(from)}`)),
      lossy: conversion.isLossy,
      key: context.key,
    },
  ];
  if (unconverted !== null) {
    const index = objectName('idx', `${context.target.table}_${to}`, 'unconverted', unconverted);
    const where = {
      index,
      unique: false,
      method: 'btree',
      keys: [quoteIdentifier(context.key.column)],
      where: unconverted,
    } as const;
    steps.push(
      { kind: 'createIndex', ...base('backfill'), ...where },
      { kind: 'dropIndex', ...base('contract'), index },
    );
  }
  steps.push(
    { kind: 'switchColumn', ...base('publish'), from, to, default: defaultSql(field), unconverted },
    { kind: 'dropShadow', ...base('contract'), to },
    { kind: 'trashColumn', ...base('contract'), column: from, modelId: context.after.id },
  );
  return steps;
}
