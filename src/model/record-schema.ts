import * as v from 'valibot';
import { isFunctionDefault } from '../definition/columns.ts';
import { isComputed } from '../definition/computed.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { specOf } from '../definition/field-types.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { keyField } from '../definition/system-fields.ts';

/** From the JSON of a record to the text of each column, by field name. */
export type RecordSchema = v.GenericSchema<unknown, Readonly<Record<string, string | null>>>;

/** The database works it out: no value is taken, and none needed. */
const READ_ONLY: Entry = v.exactOptional(v.never('is computed: leave it out'));

type Entry = v.GenericSchema<unknown, string | null | undefined>;

/** For a whole record: what is required must be there, what is absent gets its default, or null. */
export function createSchema(definition: Definition): RecordSchema {
  const entries = emptyEntries();
  if (definition.key === 'text') entries['id'] = keySchema(definition);
  if (definition.key === 'uuid') entries['id'] = v.nullish(keySchema(definition), null);
  for (const field of definition.fields)
    entries[field.name] = isComputed(field) ? READ_ONLY : createEntry(field);
  return asRecordSchema(entries);
}

/** For a part of a record: what is absent stays as it is. */
export function updateSchema(definition: Definition): RecordSchema {
  const entries = emptyEntries();
  for (const field of definition.fields) {
    entries[field.name] = isComputed(field) ? READ_ONLY : v.exactOptional(nullableUnlessRequired(field));
  }
  return asRecordSchema(entries);
}

/** Without a prototype: a key of the body must not be found on `Object.prototype`. */
function emptyEntries(): Record<string, Entry> {
  return Object.create(null);
}

function asRecordSchema(entries: Record<string, Entry>): RecordSchema {
  // Absent fields are absent in the output: `undefined` never stands in it.
  const schema = v.strictObject(entries);
  // Valibot asks `name in body`, which a field named `constructor` would find in any body.
  const isInherited = Object.keys(entries).some((name) => name in Object.prototype);
  const judged = isInherited
    ? v.pipe(NO_ARRAY, v.transform(withoutPrototype), schema)
    : v.pipe(NO_ARRAY, schema);
  return judged as unknown as RecordSchema;
}

/** To valibot an array is an object like any other. */
const NO_ARRAY = v.custom<unknown>((value) => !Array.isArray(value), 'must be a JSON object');

function withoutPrototype(body: unknown): unknown {
  return typeof body === 'object' && body !== null ? Object.assign(Object.create(null), body) : body;
}

function keySchema(definition: Definition): v.GenericSchema<unknown, string> {
  const field = keyField(definition);
  return specOf(field).validator(field, true);
}

function createEntry(field: Field): Entry {
  const entry = nullableUnlessRequired(field);
  const fallback = defaultText(field);
  if (fallback === undefined) return field.required ? entry : v.optional(entry, null);
  return v.optional(entry, fallback as never);
}

function nullableUnlessRequired(field: Field): v.GenericSchema<unknown, string | null> {
  const schema = specOf(field).validator(field, true);
  if (hasJoinTable(field)) return schema;
  if (!field.required) return v.nullable(schema);
  const present = v.custom<unknown>((value) => value !== null, 'must not be null: the field is required');
  return v.pipe(v.unknown(), present, schema);
}

/** What an absent field gets: its JSON value, or a function that makes one at each create. */
function defaultText(field: Field): unknown {
  if (hasJoinTable(field)) return [];
  const { default: value } = field;
  if (value === undefined || value === null) return undefined;
  if (!isFunctionDefault(value)) return value;
  if (value.fn === 'uuid') return () => crypto.randomUUID();
  return () => now(field);
}

function now(field: Field): string {
  const at = new Date().toISOString();
  if (field.type === 'date') return at.slice(0, 10);
  return field.type === 'time' ? at.slice(11, -1) : at;
}
