import * as v from 'valibot';
import { isFunctionDefault } from '../definition/columns.ts';
import { isComputed } from '../definition/computed.ts';
import type { Definition, Field, FieldType, KeyType } from '../definition/definition.ts';
import { specOf } from '../definition/field-types.ts';
import { momentsOf } from '../definition/system-fields.ts';

/** A record of examples, by field name; what has none is null. */
export type ExampleRecord = Readonly<Record<string, unknown>>;

const ID = '0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f';
const KEYS: Readonly<Record<KeyType, string>> = { uuid: ID, bigint: '42', text: 'example' };

const VALUES: Readonly<Record<FieldType, (field: Field) => unknown>> = {
  text: ({ label, name, minLength = 0, maxLength }) =>
    (label || name).padEnd(minLength, '.').slice(0, maxLength),
  integer: () => 42,
  bigint: () => '9007199254740993',
  decimal: () => '12.5',
  float: () => 0.5,
  boolean: () => true,
  date: () => '2026-11-20',
  time: () => '18:30:00',
  timestamp: () => '2026-11-20T18:30:00+00:00',
  interval: () => 'P1DT12H',
  uuid: () => ID,
  json: () => ({ any: ['JSON', 1] }),
  choice: ({ options }) => options?.[0],
  choices: ({ options, minLength = 1 }) => options?.slice(0, minLength),
  email: () => 'ada@example.org',
  url: () => 'https://example.org/',
  reference: ({ toKey = 'uuid' }) => KEYS[toKey],
  references: ({ toKey = 'uuid' }) => [KEYS[toKey]],
  point: () => ({ type: 'Point', coordinates: [13.4, 52.5] }),
  vector: ({ dimensions = 0 }) =>
    dimensions > 8 ? undefined : Array.from({ length: dimensions }, () => 0.5),
};

/** An example of a record as it is answered, and one as it is created. */
export interface ExampleRecords {
  readonly answered: ExampleRecord;
  readonly created: ExampleRecord;
}

/** Examples of records; null where a field is required of which there is no example. */
export function exampleRecords(definition: Definition): ExampleRecords | null {
  const values = definition.fields.map((field) => ({ field, value: exampleValue(field) }));
  if (values.some(({ field, value }) => field.required && value === undefined)) return null;
  const entered = values.filter(({ field, value }) => !isComputed(field) && value !== undefined);
  const moments = Object.fromEntries(
    momentsOf(definition).map((name) => [name, '2026-11-20T18:30:00.123456+00:00']),
  );
  const id = KEYS[definition.key];
  const named = (of: typeof values) =>
    Object.fromEntries(of.map(({ field, value = null }) => [field.name, value]));
  return {
    answered: { id, ...moments, ...named(values) },
    created: { ...(definition.key === 'text' ? { id } : {}), ...named(entered) },
  };
}

/** The first value that the field's own rules let through: its default, a usual one, or one of its bounds. */
function exampleValue(field: Field): unknown {
  const { default: fallback, min, max } = field;
  const constant = fallback === undefined || isFunctionDefault(fallback) ? undefined : fallback;
  let validator: v.GenericSchema<unknown, string> | undefined;
  return [constant, VALUES[field.type](field), min, max].find((value) => {
    if (value === undefined || value === null) return false;
    validator ??= specOf(field).validator(field, true);
    return v.safeParse(validator, value).success;
  });
}
