import * as v from 'valibot';
import { rawNumber } from '../definition/values/raw-number.ts';
import { Failure } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import { findingsOf } from '../model/validation.ts';
import type { Database } from '../ports.ts';
import {
  allColumns,
  FENCE,
  fenceOf,
  keyType,
  runShape,
  type StoredRecord,
  selectRecords,
  stored,
  targetOf,
} from './record-sql.ts';
import { explainViolation } from './violations.ts';

/** What a write of one record asks of the record that is there. */
export interface Guard {
  /** Only while the record was last written at one of these moments, as `updated_at` shows them. */
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
    () => `${selectRecords(model, targetOf(model))} where t.id = $1::${keyType(model)}`,
    [key],
  );
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
  return write(database, model, id, `update ${names.join()}`, updateText(model, names), [
    ...fenceOf(model),
    key,
    revisions(guard),
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
  const names = model.definition.fields.map((field) => field.name);
  const params = names.map((name) => parsed.output[name] ?? null);
  if (guard.ifMatch || guard.mustExist || model.definition.key === 'bigint') {
    const text = updateText(model, names);
    const record = await write(database, model, id, 'replace', text, [
      ...fenceOf(model),
      key,
      revisions(guard),
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
    throw explainViolation(model, error);
  }
}

/** Deletes the record of that id. */
export async function deleteRecord(
  database: Database,
  model: ModelClass,
  id: string,
  guard: Guard,
): Promise<StoredRecord> {
  const text = () => `
    with written as (
      delete from ${targetOf(model)} as t
      where t.id = $3::${keyType(model)}
        and ${MATCHES}
        and ${FENCE}
      returning ${allColumns(model)}
    )
    ${answer(model)}`;
  return write(database, model, id, 'delete', text, [
    ...fenceOf(model),
    readKey(model, id),
    revisions(guard),
  ]);
}

const MATCHES = '($4::text is null or t.updated_at = any ($4::timestamptz[]))';

function updateText(model: ModelClass, names: readonly string[]): () => string {
  return () => {
    const sets = names.map((name, n) => {
      const field = model.fields.get(name);
      if (!field) throw new TypeError(`no field ${name}`);
      return `${field.column} = $${n + 5}::${field.columnType}`;
    });
    // Strictly greater than before: a revision never stands for two states of a record.
    const updated = `updated_at = greatest(clock_timestamp(), t.updated_at + interval '1 microsecond')`;
    return `
      with written as (
        update ${targetOf(model)} as t
        set ${[...sets, updated].join(', ')}
        where t.id = $3::${keyType(model)}
          and ${MATCHES}
          and ${FENCE}
        returning ${allColumns(model)}
      )
      ${answer(model)}`;
  };
}

/** The record that was written, or a row without one where there is a record that the guard kept. */
function answer(model: ModelClass): string {
  return `
    ${selectRecords(model, 'written')}
    union all
    select null
    from ${targetOf(model)} as t
    where t.id = $3::${keyType(model)}
      and not exists (select from written)`;
}

function putText(model: ModelClass, createOnly: boolean): string {
  const fields = model.definition.fields.flatMap((field) => model.fields.get(field.name) ?? []);
  const columns = ['id', ...fields.map((field) => field.column)];
  const values = [`$3::${keyType(model)}`, ...fields.map((field, n) => `$${n + 4}::${field.columnType}`)];
  const sets = [
    ...fields.map((field) => `${field.column} = excluded.${field.column}`),
    `updated_at = greatest(clock_timestamp(), t.updated_at + interval '1 microsecond')`,
  ];
  const conflict = createOnly ? 'do nothing' : `do update set ${sets.join(', ')}`;
  return `
    with written as (
      insert into ${targetOf(model)} as t (${columns.join(', ')})
      select ${values.join(', ')}
      where ${FENCE}
      on conflict (id) ${conflict}
      returning ${allColumns(model)}, xmax = 0 as is_new
    )
    select record, (select is_new from written)::text as created
    from (${selectRecords(model, 'written')}) as answer`;
}

async function write(
  database: Database,
  model: ModelClass,
  id: string,
  shape: string,
  text: () => string,
  params: readonly (string | null)[],
): Promise<StoredRecord> {
  try {
    const rows = await runShape(database, model, shape, text, params);
    if (rows.length === 0) return unknownRecord(model, id);
    const record = stored(rows[0]);
    if (record) return record;
  } catch (error) {
    throw explainViolation(model, error);
  }
  throw new Failure(
    'precondition_failed',
    'the record was changed since it was read: read it again, then repeat the change',
  );
}

const REVISION = /^\d{4}-\d\d-\d\dT[\d:.]{8,15}[+-]\d\d:\d\d$/;

/** As an array of Postgres; what is no moment is the revision of no record. */
function revisions(guard: Guard): string | null {
  return guard.ifMatch ? `{${guard.ifMatch.filter((text) => REVISION.test(text)).join(',')}}` : null;
}

/** The key that an id in an address spells; null where it is none. */
function keyOf(model: ModelClass, id: string): string | null {
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
  const {
    id: given,
    created_at: _created,
    updated_at: _updated,
    ...rest
  }: Record<string, unknown> = { ...body };
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
