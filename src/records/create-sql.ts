import { enteredFields } from '../definition/computed.ts';
import { ownAlias, quoteLiteral } from '../definition/identifiers.ts';
import { momentsOf } from '../definition/system-fields.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import { hasColumn, linkClauses, listsOf } from './link-sql.ts';
import { allFields, FENCE, revisionColumns, selectWritten, targetOf } from './record-sql.ts';

/** The fields that a create writes, in the order of its parameters. */
export function writtenFields(model: ModelClass): readonly ModelField[] {
  const names = new Set(enteredFields(model.definition.fields).map((field) => field.name));
  if (model.definition.key !== 'bigint') names.add('id');
  return [...model.fields.values()].filter((field) => names.has(field.name));
}

/**
 * The statement that creates one record, from a parameter for each value, or many, from a JSON array of objects; it
 * keeps its answer where that is wanted. Its clauses end with `written`, the new rows and their lists.
 */
export function createText(model: ModelClass, single: boolean, keep: boolean): string {
  const param = firstParam(keep);
  const inserts = single ? [insertOne(model, param)] : insertClauses(model, param, FENCE);
  return answered(model, [...inserts, ...linkClauses(model)], keep, single);
}

/** The first parameter that is a record's: behind those of the fence, and of the answer that is kept. */
export function firstParam(keep: boolean): number {
  return keep ? 6 : 3;
}

/** The statement of clauses that end with `written`, which keeps its answer where that is wanted. */
export function answered(
  model: ModelClass,
  clauses: readonly string[],
  keep: boolean,
  withRevision = false,
): string {
  if (!keep) return `with ${clauses.join(',')} ${selectWritten(model, withRevision)}`;
  return `
    with ${clauses.join(',')},
    answer as (${selectWritten(model)}),
    kept as (
      insert into remodel.idempotency_keys (workspace_id, key, body_hash, response)
      select w.id, $4, $5, (
        select json_build_object('hash', ${quoteLiteral(model.hash)}, 'records', json_agg(answer.record))::text
        from answer
      )
      from remodel.workspaces w
      where w.slug = $3
    )
    select record from answer`;
}

/** The name of the nth value of a record, where records come as JSON objects. */
export function sourceName(n: number): string {
  return `f${n}`;
}

/** The moment of the write, where the table keeps it. */
export function updated({ definition }: ModelClass): readonly (readonly [string, string])[] {
  return momentsOf(definition).includes('updated_at') ? [['updated_at', 'now()']] : [];
}

function insertOne(model: ModelClass, firstParam: number): string {
  const fields = writtenFields(model);
  const values = new Map(fields.map((field, n) => [field, valueSql(model, field, `$${firstParam + n}`)]));
  const columns = fields.filter(hasColumn).map((field) => [field.column, values.get(field)] as const);
  return `
    written as (
      ${insertSql(model, [...columns, ...updated(model)])}
      where ${FENCE}
      returning ${[allFields(model, (list) => values.get(list) ?? 'null'), ...revisionColumns(model)].join(', ')}
    )`;
}

/** A place in the list of records. */
export const N = ownAlias('n');

/** The clause `given`: the values of the records of one parameter, by their columns, and their places. */
export function givenClause(model: ModelClass, param: number): string {
  const fields = writtenFields(model);
  const values = fields.map(
    (field, n) => `, ${valueSql(model, field, `v.${sourceName(n)}`)} as ${field.column}`,
  );
  return `
    given as (
      select v.n as ${N}${values.join('')}
      ${fromRecords(`$${param}`, fields.length)}
    )`;
}

/** The clauses that create the records of one parameter; they end with `written`, whose rows hold their lists. */
export function insertClauses(model: ModelClass, param: number, fence: string): readonly string[] {
  const given = givenClause(model, param);
  const columns = writtenFields(model)
    .filter(hasColumn)
    .map(({ column }) => [column, `g.${column}`] as const);
  const insert = `
      ${insertSql(model, [...columns, ...updated(model)])}
      from given as g
      where ${fence}
      order by g.${N}
      returning `;
  if (listsOf(model).length === 0) {
    return [given, `written as (${insert} ${allFields(model, () => 'null')})`];
  }
  const stored = [...model.fields.values()].filter(hasColumn).map(({ column }) => `t.${column}`);
  return [
    given,
    `inserted as (${insert} ${stored.join(', ')})`,
    `
    written as (
      select ${allFields(model, (list) => `g.${list.column}`)}
      from ${insertedRows(model)} as t
      join given as g on ${model.definition.key === 'bigint' ? `g.${N} = t.${N}` : `g.${model.keyColumn} = t.${model.keyColumn}`}
      order by g.${N}
    )`,
  ];
}

/** Records from one parameter. Each is taken apart once: by `->>`, it would be once for each of its fields. */
function fromRecords(param: string, count: number): string {
  const names = Array.from({ length: Math.max(count, 1) }, (_, n) => sourceName(n));
  const columns = names.map((name) => `${name} text`).join(', ');
  return `from rows from (json_to_recordset(${param}::json) as (${columns})) with ordinality as v (${names.join(', ')}, n)`;
}

/** The inserted rows; where Postgres makes the keys, with their places: it makes them in the order of the rows. */
function insertedRows(model: ModelClass): string {
  if (model.definition.key !== 'bigint') return 'inserted';
  return `(select i.*, row_number() over (order by i.${model.keyColumn}) as ${N} from inserted as i)`;
}

/** An insert of values from a `select` that whoever asks goes on with. */
export function insertSql(
  model: ModelClass,
  columns: readonly (readonly [string, string | undefined])[],
): string {
  // A model may have no field, and leave its key to the database: then Postgres takes no list of columns either.
  const names = columns.length > 0 ? ` (${columns.map(([column]) => column).join(', ')})` : '';
  return `insert into ${targetOf(model)} as t${names}
      select ${columns.map(([, value]) => value).join(', ')}`;
}

/** A value of a create: the key is made here where none is given. */
export function valueSql(model: ModelClass, { name, columnType, write }: ModelField, source: string): string {
  const value = write(`${source}::${columnType}`);
  return name === 'id' && model.definition.key === 'uuid' ? `coalesce(${value}, remodel.uuid_v7())` : value;
}
