import { asRead } from '../../definition/adopted.ts';
import { constantSql } from '../../definition/columns.ts';
import type { Field } from '../../definition/definition.ts';
import { specOf } from '../../definition/field-types.ts';
import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import type { Conversion } from './conversion.ts';
import { conversionOf, textOf } from './conversions.ts';
import type { Link } from './reference.ts';

/** What a request says of the values that do not convert by themselves. */
export interface ConversionOptions {
  /**
   * Of a value that does not fit: refuse the change (the default), have none, or have this one; of a list that
   * becomes one reference, have the first.
   */
  readonly onError?: 'abort' | 'null' | 'first' | { readonly default: unknown };
  /** Values by their text, and what they become instead. */
  readonly map?: Readonly<Record<string, unknown>>;
  /** The field of the other model by whose value a reference finds its record; its key where it is absent. */
  readonly match?: string;
}

/** What a request says of the values of a field, and the key under which it says so: `MODEL.FIELD`. */
export interface ConversionWish {
  readonly key: string;
  readonly options: ConversionOptions;
}

/** How a field gets to its next column, both ways, as SQL. */
export interface FieldConversion {
  readonly isLossy: boolean;
  /** SQL of the next value, over SQL of the present one. */
  forward(value: string): string;
  /** SQL of the value that the class before reads, over SQL of the next one. */
  back(value: string): string;
  /** SQL condition over both columns that a value did not convert and must; null where none can. */
  readonly unconverted: string | null;
}

/**
 * The conversion between two fields of the same id; null where their types do not convert. `given` is SQL of what the
 * next one has where the present one has nothing, which the class before goes on to read as nothing.
 */
export function fieldConversion(
  from: Field,
  to: Field,
  options: ConversionOptions = {},
  link: Link | null = null,
  given: string | null = null,
): FieldConversion | null {
  const conversion = conversionOf(from, to, link);
  if (!conversion) return null;
  const { onError = 'abort' } = options;
  const entries = Object.entries(options.map ?? {});
  const checks = limitsOf(from) === limitsOf(to) ? [] : specOf(to).checks(to, '"value"');
  const named = typeof onError === 'object' ? constantSql(to, onError.default) : null;
  // What does not convert and must is nothing, and found by that.
  const fallback = onError === 'abort' ? null : (named ?? given);
  const converted = (value: string) => {
    const fitting = withinLimits(conversion.sql(value), checks);
    return fallback === null ? fitting : `coalesce(${fitting}, ${fallback})`;
  };
  const forward = (value: string) => mapped(from, to, entries, value, converted(value), given);
  const canFail = onError === 'abort' && (!conversion.isTotal || checks.length > 0);
  return {
    isLossy: conversion.fidelity === 'lossy',
    forward: (value) => whereThere(value, forward(value), given),
    back: (value) => whereThere(value, backward(from, to, entries, conversionOf(to, from, link), value)),
    unconverted: canFail ? unconverted(from, to, entries) : null,
  };
}

function whereThere(value: string, converted: string, given: string | null = null): string {
  const otherwise = given === null ? '' : ` else ${given}`;
  return `case when ${value} is not null then ${converted}${otherwise} end`;
}

/** The value where it keeps the limits of its field, else null. */
function withinLimits(value: string, checks: readonly string[]): string {
  if (checks.length === 0) return value;
  const conditions = checks.map((check) => `(${check}) is not false`).join(' and ');
  return `(select "value" from (select ${value} as "value") as converted where ${conditions})`;
}

type Entries = readonly (readonly [text: string, value: unknown])[];

function mapped(
  from: Field,
  to: Field,
  entries: Entries,
  value: string,
  converted: string,
  given: string | null,
): string {
  if (entries.length === 0) return converted;
  const cases = entries.map(
    ([text, next]) => `when ${quoteLiteral(text)} then ${constantSql(to, next) ?? given ?? 'null'}`,
  );
  return `case ${textOf(from, value)} ${cases.join(' ')} else ${converted} end`;
}

/** Where a map sends two values to one, the class before cannot tell which it was: it reads the converted one. */
function backward(
  from: Field,
  to: Field,
  entries: Entries,
  conversion: Conversion | null,
  value: string,
): string {
  const converted = conversion?.sql(value) ?? `null::${specOf(from).columnType(from)}`;
  const targets = entries.flatMap(([, next]) => constantSql(to, next) ?? []);
  const cases = entries.flatMap(([text, next]) => {
    const target = constantSql(to, next);
    if (target === null || targets.filter((other) => other === target).length > 1) return [];
    const original = conversionOf({ ...from, type: 'text' }, from, null)?.sql(quoteLiteral(text));
    return original ? [`when ${value} = ${target} then ${original}`] : [];
  });
  return cases.length === 0 ? converted : `case ${cases.join(' ')} else ${converted} end`;
}

function unconverted(from: Field, to: Field, entries: Entries): string {
  const old = quoteIdentifier(from.column);
  const condition = `${old} is not null and ${quoteIdentifier(to.column)} is null`;
  const nulled = entries.filter(([, next]) => next === null).map(([text]) => quoteLiteral(text));
  return nulled.length === 0
    ? condition
    : `${condition} and ${textOf(from, asRead(from, old))} <> all (array[${nulled.join(', ')}]::text[])`;
}

/**
 * Whether the next field needs a column of its own: its type is kept in another way, or its values are changed
 * so that they keep new limits. A wider decimal does not: Postgres only changes what it says of the column; but for one
 * that `isHeld` by an index in a way that Postgres would have to build anew.
 */
export function needsColumn(
  from: Field,
  to: Field,
  options: ConversionOptions | undefined,
  isHeld: boolean,
): boolean {
  const isKeptAlike = specOf(from).columnType(from) === specOf(to).columnType(to);
  if (!isKeptAlike) return isHeld || !isWidening(from, to);
  return options !== undefined && limitsOf(from) !== limitsOf(to);
}

function limitsOf(field: Field): string {
  return [field.type, ...specOf(field).checks(field, '"value"')].join('\n');
}

/** Whether the column can take the next type as it stands, without a scan and without a rewrite. */
function isWidening(from: Field, to: Field): boolean {
  if (from.type !== 'decimal' || to.type !== 'decimal') return false;
  if (to.precision === undefined) return true;
  if (from.precision === undefined) return false;
  return to.precision >= from.precision && (to.scale ?? 0) === (from.scale ?? 0);
}
