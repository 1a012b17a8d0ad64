import * as v from 'valibot';
import { Failure, type Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import { findingsOf } from '../model/validation.ts';
import type { Database } from '../ports.ts';
import {
  allColumns,
  FENCE,
  fenceOf,
  runShape,
  type StoredRecord,
  selectRecords,
  stored,
  targetOf,
} from './record-sql.ts';
import { explainViolation, type PlaceOf } from './violations.ts';

/** Keeps the answer to a create, so that the same request sent again gives it again. */
export interface Idempotency {
  readonly key: string;
  readonly bodyHash: string;
  /** Whether the body was an array: how the kept answer is to be given. */
  readonly many: boolean;
}

const MAX_FINDINGS = 100;

/** Values as parameters, by field name. */
type Values = Readonly<Record<string, string | null>>;

/** Creates one record or many, all or nothing, in one statement. Throws `validation_failed` or a violation. */
export async function createRecords(
  database: Database,
  model: ModelClass,
  values: readonly unknown[],
  idempotency: Idempotency | null,
  pathOf: (n: number) => string,
): Promise<readonly StoredRecord[]> {
  const records = validate(model, values, pathOf);
  const keep = idempotency ? 'keep' : 'forget';
  const [first] = records;
  const single = records.length === 1 && first !== undefined;
  const params = [
    ...fenceOf(model),
    ...(idempotency ? [model.workspace, idempotency.key, idempotency.bodyHash] : []),
    ...(single ? inOrder(model, first) : [JSON.stringify(records.map((record) => numbered(model, record)))]),
  ];
  try {
    const rows = await runShape(
      database,
      model,
      `create ${single ? 'one' : 'many'} ${keep}`,
      () => createText(model, single, idempotency !== null),
      params,
    );
    return rows.flatMap((row) => stored(row) ?? []);
  } catch (error) {
    throw explainViolation(model, error, placeAmong(records, pathOf));
  }
}

/** Of two in one body that have the same value, the later one is in the way. */
function placeAmong(records: readonly Values[], pathOf: (n: number) => string): PlaceOf {
  return (fields, values) => {
    if (records.length === 1) return pathOf(0);
    const n = records.findLastIndex((record) => fields.map((name) => record[name]).join(', ') === values);
    return n === -1 ? null : pathOf(n);
  };
}

function validate(model: ModelClass, values: readonly unknown[], pathOf: (n: number) => string) {
  const errors: Finding[] = [];
  const records = values.flatMap((value, n) => {
    const parsed = v.safeParse(model.createSchema, value);
    if (parsed.success) return [parsed.output];
    if (errors.length < MAX_FINDINGS) errors.push(...findingsOf(parsed.issues, pathOf(n)));
    return [];
  });
  if (errors.length === 0) return records;
  throw new Failure('validation_failed', `nothing was created: ${errors.length} values do not fit`, {
    errors,
  });
}

function writtenFields(model: ModelClass): readonly { column: string; columnType: string; name: string }[] {
  const isWritten = (name: string) =>
    name === 'id' ? model.definition.key !== 'bigint' : name !== 'created_at' && name !== 'updated_at';
  return [...model.fields.values()].filter((field) => isWritten(field.name));
}

function inOrder(model: ModelClass, record: Values) {
  return writtenFields(model).map((field) => record[field.name] ?? null);
}

/** The same as an object, without nulls, by the names that the fields have in `createText`. */
function numbered(model: ModelClass, record: Values): Values {
  const entries = inOrder(model, record).map((value, n) => [sourceName(n), value] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

const sourceName = (n: number) => `f${n}`;

function createText(model: ModelClass, single: boolean, keep: boolean): string {
  const fields = writtenFields(model);
  const firstParam = keep ? 6 : 3;
  const source = (n: number) => (single ? `$${firstParam + n}` : `v.${sourceName(n)}`);
  const values = fields.map(({ name, columnType }, n) => {
    const value = `${source(n)}::${columnType}`;
    return name === 'id' && model.definition.key === 'uuid' ? `coalesce(${value}, remodel.uuid_v7())` : value;
  });
  // A model may have no field, and leave its key to the database: one column is always named.
  const insert = `
    insert into ${targetOf(model)} (${[...fields.map((field) => field.column), 'updated_at'].join(', ')})
    select ${[...values, 'now()'].join(', ')}
    ${single ? '' : fromRecords(`$${firstParam}`, fields.length)}
    where ${FENCE}
    ${single ? '' : 'order by v.n'}
    returning ${allColumns(model)}`;
  if (!keep) return `with written as (${insert}) ${selectRecords(model, 'written')}`;
  return `
    with written as (${insert}),
    answer as (${selectRecords(model, 'written')}),
    kept as (
      insert into remodel.idempotency_keys (workspace_id, key, body_hash, response)
      select w.id, $4, $5, (select json_agg(answer.record)::text from answer)
      from remodel.workspaces w
      where w.slug = $3
    )
    select record from answer`;
}

/** Records from one parameter. Each is taken apart once: by `->>`, it would be once for each of its fields. */
function fromRecords(param: string, count: number): string {
  const names = Array.from({ length: Math.max(count, 1) }, (_, n) => sourceName(n));
  const columns = names.map((name) => `${name} text`).join(', ');
  return `from rows from (json_to_recordset(${param}::json) as (${columns})) with ordinality as v (${names.join(', ')}, n)`;
}
