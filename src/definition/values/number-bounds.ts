import type { Finding } from '../../failure.ts';
import type { Field } from '../definition.ts';
import type { FieldInput } from '../definition-input.ts';
import type { JsonSchema } from '../field-type.ts';
import { pointer } from '../json-pointer.ts';
import { isRefusal, type Reader, type Refusal } from './reading.ts';

/** A kind of number, or of amount: how its JSON form is read, compared without loss, and written for Postgres. */
export interface NumberDomain<T> {
  read(value: unknown): T | Refusal;
  compare(a: T, b: T): number;
  text(value: T): string;
  /** As a constant of SQL, where that is not the text itself. */
  sql?(value: T): string;
}

/** `min` and `max`, which the number types share. */
export const NUMBER_BOUNDS = ['min', 'max'] as const;

export function checkBounds<T>(domain: NumberDomain<T>, field: FieldInput, path: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const side of NUMBER_BOUNDS) {
    const value = field[side] === undefined ? undefined : domain.read(field[side]);
    if (isRefusal(value))
      findings.push({ path: pointer(path, side), code: 'invalid_property', message: value.refusal });
  }
  const min = boundOf(domain, field.min);
  const max = boundOf(domain, field.max);
  if (min !== undefined && max !== undefined && domain.compare(min, max) > 0)
    findings.push({
      path: pointer(path, 'min'),
      code: 'conflicting_properties',
      message: `must not be greater than max, which is ${domain.text(max)}`,
    });
  return findings;
}

/** Reads a number; with `bounds` only one between the field's `min` and `max`. */
export function numberReader<T>(domain: NumberDomain<T>, field: Field, bounds: boolean): Reader {
  const min = bounds ? boundOf(domain, field.min) : undefined;
  const max = bounds ? boundOf(domain, field.max) : undefined;
  return (value) => {
    const number = domain.read(value);
    if (isRefusal(number)) return number;
    if (min !== undefined && domain.compare(number, min) < 0)
      return { refusal: `must be at least ${domain.text(min)}` };
    if (max !== undefined && domain.compare(number, max) > 0)
      return { refusal: `must be at most ${domain.text(max)}` };
    return domain.text(number);
  };
}

export function boundsSql<T>(domain: NumberDomain<T>, field: Field, column: string): readonly string[] {
  const min = boundOf(domain, field.min);
  const max = boundOf(domain, field.max);
  const constant = (bound: T) => domain.sql?.(bound) ?? domain.text(bound);
  return [
    ...(min === undefined ? [] : [`${column} >= ${constant(min)}`]),
    ...(max === undefined ? [] : [`${column} <= ${constant(max)}`]),
  ];
}

/** The bounds as JSON Schema has them, within those of the type. */
export function boundsSchema(field: Field, ofType: JsonSchema): JsonSchema {
  return {
    ...ofType,
    ...(field.min === undefined ? {} : { minimum: field.min }),
    ...(field.max === undefined ? {} : { maximum: field.max }),
  };
}

function boundOf<T>(domain: NumberDomain<T>, bound: unknown): T | undefined {
  const value = bound === undefined ? undefined : domain.read(bound);
  return isRefusal(value) ? undefined : value;
}
