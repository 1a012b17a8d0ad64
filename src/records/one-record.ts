import * as v from 'valibot';
import { enteredFields, isComputed } from '../definition/computed.ts';
import { momentsOf } from '../definition/system-fields.ts';
import { rawNumber } from '../definition/values/raw-number.ts';
import { Failure } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import { findingsOf } from '../model/validation.ts';
import type { Database } from '../ports.ts';
import { deleteText, putText, updateText } from './one-record-sql.ts';
import {
  fenceOf,
  keyType,
  RECORD_JSON,
  revisionColumns,
  runShape,
  type StoredRecord,
  selectStored,
  stored,
  targetOf,
} from './record-sql.ts';
import type { Selection } from './selection.ts';
import { selectedRow } from './selection-sql.ts';
import { explainViolation, type Values, type Written } from './violations.ts';

/** What a write of one record asks of the record that is there. */
export interface Guard {
  /** Only while the revision of the record is one of these: see `revisionOf`. */
  readonly ifMatch?: readonly string[];
  /** Only where there is a record. */
  readonly mustExist?: boolean;
  /** Only where there is no record yet. */
  readonly createOnly?: boolean;
}

/** The record of that id. Throws `unknown_record`. */
export async function readRecord(database: Database, model: ModelClass, id: string): Promise<StoredRecord> {
  const key = readKey(model, id);
  const rows = await runShape(
    database,
    model,
    'read',
    () =>
      `${selectStored(model, ...revisionColumns(model))} where t.${model.keyColumn} = $1::${keyType(model)}`,
    [key],
  );
  return stored(rows[0]) ?? unknownRecord(model, id);
}

/** What is selected of the record of that id. Throws `unknown_record`. */
export async function readSelected(
  database: Database,
  model: ModelClass,
  id: string,
  selection: Selection,
): Promise<StoredRecord> {
  const rows = await database.query({
    text: `
      select ${RECORD_JSON}
      from ${targetOf(model)} as t
      ${selectedRow(selection, 't')}
      where t.${model.keyColumn} = $1::${keyType(model)}`,
    params: [readKey(model, id)],
  });
  return stored(rows[0]) ?? unknownRecord(model, id);
}

/** Changes the fields that are given. Throws `unknown_record`, `precondition_failed`, or a violation. */
export async function updateRecord(
  database: Database,
  model: ModelClass,
  id: string,
  patch: unknown,
  guard: Guard,
): Promise<StoredRecord> {
  const key = readKey(model, id);
  const parsed = v.safeParse(model.updateSchema, patch);
  if (!parsed.success) throw invalidRecord(model, parsed.issues);
  const names = Object.keys(parsed.output).sort();
  if (names.length === 0) {
    throw new Failure('validation_failed', 'nothing to change: name at least one field');
  }
  const params = names.map((name) => parsed.output[name] ?? null);
  const shape = `update ${names.join()}`;
  return write(database, model, id, shape, () => updateText(model, names), parsed.output, [
    ...fenceOf(model),
    key,
    revisions(model, guard),
    ...params,
  ]);
}

/** Creates the record of that id, or replaces all that it holds. */
export async function replaceRecord(
  database: Database,
  model: ModelClass,
  id: string,
  body: unknown,
  guard: Guard,
): Promise<StoredRecord & { readonly created: boolean }> {
  const key = keyOf(model, id);
  if (key === null) {
    const message = `the id in the address is no ${keyType(model)}`;
    throw new Failure('validation_failed', message, {
      errors: [{ path: '/id', code: 'invalid_value', message }],
    });
  }
  const parsed = v.safeParse(model.createSchema, withoutSystemFields(model, body, id));
  if (!parsed.success) throw invalidRecord(model, parsed.issues);
  const names = enteredFields(model.definition.fields).map((field) => field.name);
  const params = names.map((name) => parsed.output[name] ?? null);
  if (guard.ifMatch || guard.mustExist || model.definition.key === 'bigint') {
    const text = () => updateText(model, names);
    const record = await write(database, model, id, 'replace', text, parsed.output, [
      ...fenceOf(model),
      key,
      revisions(model, guard),
      ...params,
    ]);
    return { ...record, created: false };
  }
  try {
    const rows = await runShape(
      database,
      model,
      guard.createOnly ? 'put create' : 'put',
      () => putText(model, guard.createOnly === true),
      [...fenceOf(model), key, ...params],
    );
    const record = stored(rows[0]);
    if (!record)
      throw new Failure('precondition_failed', `there is a ${model.definition.name} ${id} already`);
    return { ...record, created: rows[0]?.['created'] === 'true' };
  } catch (error) {
    throw explainViolation(model, error, inBody(parsed.output));
  }
}

/** Deletes the record of that id. */
export async function deleteRecord(
  database: Database,
  model: ModelClass,
  id: string,
  guard: Guard,
): Promise<StoredRecord> {
  return write(database, model, id, 'delete', () => deleteText(model), {}, [
    ...fenceOf(model),
    readKey(model, id),
    revisions(model, guard),
  ]);
}

async function write(
  database: Database,
  model: ModelClass,
  id: string,
  shape: string,
  text: () => string,
  values: Values,
  params: readonly (string | null)[],
): Promise<StoredRecord> {
  try {
    const rows = await runShape(database, model, shape, text, params);
    if (rows.length === 0) return unknownRecord(model, id);
    const record = stored(rows[0]);
    if (record) return record;
  } catch (error) {
    throw explainViolation(model, error, inBody(values));
  }
  throw new Failure(
    'precondition_failed',
    'the record was changed since it was read: read it again, then repeat the change',
  );
}

/** The body is the record. */
function inBody(values: Values): Written {
  return { records: [values], pathOf: () => '' };
}

const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]{8,15}[+-]\d\d:\d\d$/;
const TRANSACTION = /^\d{1,10}$/;

/** As an array of Postgres; what is no revision is that of no record. */
function revisions(model: ModelClass, guard: Guard): string | null {
  const form = model.definition.adopted ? TRANSACTION : MOMENT;
  return guard.ifMatch ? `{${guard.ifMatch.filter((text) => form.test(text)).join(',')}}` : null;
}

/** The key that an id in an address spells; null where it is none. */
export function keyOf(model: ModelClass, id: string): string | null {
  const field = model.fields.get('id');
  const parsed = field ? v.safeParse(field.comparable, id) : null;
  return parsed?.success ? parsed.output : null;
}

/** What is no key at all is the key of no record. */
function readKey(model: ModelClass, id: string): string {
  return keyOf(model, id) ?? unknownRecord(model, id);
}

function unknownRecord(model: ModelClass, id: string): never {
  throw new Failure('unknown_record', `there is no ${model.definition.name} ${id}`);
}

function invalidRecord(model: ModelClass, issues: readonly v.BaseIssue<unknown>[]): Failure {
  const errors = findingsOf(issues, '');
  return new Failure('validation_failed', `nothing was written: this is not a ${model.definition.name}`, {
    errors,
  });
}

/** A record that was read may be put back as it is: what only the server writes is left out of it. */
function withoutSystemFields(model: ModelClass, body: unknown, id: string): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { id: given, ...rest }: Record<string, unknown> = { ...body };
  for (const moment of momentsOf(model.definition)) delete rest[moment];
  for (const field of model.definition.fields) if (isComputed(field)) delete rest[field.name];
  if (given !== undefined && !isSameKey(model, given, id)) {
    const message = 'must be the id in the address, or left out';
    throw new Failure('validation_failed', message, {
      errors: [{ path: '/id', code: 'invalid_value', message }],
    });
  }
  return model.definition.key === 'text' ? { ...rest, id } : rest;
}

/** Whether the id of a body is the one in the address: a number counts as its digits. */
function isSameKey(model: ModelClass, given: unknown, id: string): boolean {
  const text = typeof given === 'number' ? String(given) : (rawNumber(given) ?? given);
  if (typeof text !== 'string' || model.definition.key !== 'uuid') return text === id;
  return text.toLowerCase() === id.toLowerCase();
}
