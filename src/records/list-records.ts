import { ownAlias } from '../definition/identifiers.ts';
import { Failure } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import { type Database, DatabaseError, type Row } from '../ports.ts';
import { type Cursor, writeCursor } from './cursor.ts';
import { estimateTotal } from './estimate-total.ts';
import { hasColumn } from './link-sql.ts';
import { whereAll, whereMeant } from './list-conditions.ts';
import type { ListQuery } from './list-query.ts';
import type { Parameters } from './parameters.ts';
import { meantParams, meantShape, selectionShape, sortShape } from './query-shape.ts';
import { RECORD_JSON, targetOf, textOf } from './record-sql.ts';
import type { Selection } from './selection.ts';
import { selectedRow } from './selection-sql.ts';
import type { SortKey } from './sort-key.ts';

/** One page of records, as JSON texts. */
export interface RecordPage {
  readonly records: readonly string[];
  readonly next: string | null;
  readonly total: number | null;
}

/** The records that a query asks for, in one statement. */
export async function listRecords(
  database: Database,
  model: ModelClass,
  query: ListQuery,
): Promise<RecordPage> {
  const { count } = query;
  const [rows, estimated] = await Promise.all([
    database.query({
      text: textOf(model, listShape(query), () => listText(model, query)),
      params: listParams(query),
    }),
    count === 'estimated' ? estimateTotal(database, model, query) : null,
  ]).catch((error: unknown) => {
    // Class 22, data exception: every value of a filter was checked, those of a cursor are the client's word.
    if (error instanceof DatabaseError && error.sqlState.startsWith('22')) {
      throw new Failure('invalid_query', 'cursor: is damaged; begin the list anew', { cause: error });
    }
    throw error;
  });
  const isFull = rows.length > query.limit;
  const page = isFull ? rows.slice(0, query.limit) : rows;
  const last = page.at(-1);
  return {
    records: page.flatMap((row) => row['record'] ?? []),
    next: isFull && last ? writeCursor(query.sort, sortValues(last, query.sort)) : null,
    total: count === 'exact' ? Number(rows[0]?.['total'] ?? 0) : estimated,
  };
}

function sortValues(row: Row, sort: readonly SortKey[]): readonly (string | null)[] {
  return sort.map((_, n) => row[`s${n}`] ?? null);
}

/** What of a query its text depends on, besides the class. */
function listShape(query: ListQuery): string {
  const { sort, selection, cursor, count } = query;
  return [
    'list',
    meantShape(query),
    sortShape(sort),
    cursor?.values.map((value) => (value === null ? 'null' : 'value')).join() ?? '',
    count === 'exact' ? 'count' : '',
    selectionShape(selection),
  ].join('\n');
}

function listParams(query: ListQuery): readonly string[] {
  const after = query.cursor?.values.flatMap((value) => value ?? []) ?? [];
  // One row more than was asked for tells that there is a next page.
  return [...meantParams(query), ...after, String(query.limit + 1)];
}

/** The statement of a list, for all queries of one shape. */
function listText(model: ModelClass, query: ListQuery): string {
  const { conditions, parameters } = whereMeant(query);
  const after = query.cursor ? afterSql(query.sort, query.cursor, parameters) : null;
  const total =
    query.count === 'exact'
      ? `, (select count(*) from ${targetOf(model)} as t ${whereAll(conditions)})::text as total`
      : '';
  const limit = parameters.add(String(query.limit + 1), 'integer');
  return `
      select ${query.sort.map((_, n) => `t.${keyAlias(n)}::text as s${n}`).join(', ')}${total}, ${RECORD_JSON}
      from (
        select ${[...columnsOf(model, query.selection), ...query.sort.map(({ sql }, n) => `${sql} as ${keyAlias(n)}`)].join(', ')}
        from ${targetOf(model)} as t
        ${whereAll(after ? [...conditions, after] : conditions)}
        ${orderBy(query.sort)}
        limit ${limit}
      ) as t
      ${selectedRow(query.selection, 't')}
      ${orderBy(query.sort.map((key, n) => ({ ...key, sql: `t.${keyAlias(n)}` })))}`;
}

/** The value of a sort key in a row of the page. */
function keyAlias(n: number): string {
  return ownAlias(`sort_${n}`);
}

/** The columns that records are made of, once it is known which are on the page: not of all that could be. */
function columnsOf(model: ModelClass, { fields, expanded }: Selection): readonly string[] {
  const columns = fields.filter(hasColumn).map(({ column }) => column);
  const ways = expanded.map(({ relation }) => relation.own);
  return [...new Set([model.keyColumn, ...columns, ...ways])].map((column) => `t.${column}`);
}

/** Said only where it is not what Postgres does by itself, so that an index serves. */
export function orderBy(sort: readonly SortKey[]): string {
  const keys = sort.map(({ sql, nullable, descending, nullsFirst }) => {
    const nulls = !nullable || nullsFirst === descending ? '' : ` nulls ${nullsFirst ? 'first' : 'last'}`;
    return `${sql}${descending ? ' desc' : ''}${nulls}`;
  });
  return `order by ${keys.join(', ')}`;
}

/** The rows after a cursor. */
function afterSql(sort: readonly SortKey[], cursor: Cursor, parameters: Parameters): string {
  const alternatives: string[] = [];
  const equal: string[] = [];
  sort.forEach((key, n) => {
    const value = cursor.values[n] ?? null;
    const placeholder = value === null ? '' : parameters.add(value, key.columnType);
    const after = afterOne(key, placeholder);
    if (after) alternatives.push([...equal, after].join(' and '));
    equal.push(value === null ? `${key.sql} is null` : `${key.sql} = ${placeholder}`);
  });
  return `((${alternatives.join(') or (')}))`;
}

function afterOne({ sql, nullable, descending, nullsFirst }: SortKey, placeholder: string): string | null {
  if (placeholder === '') return nullsFirst ? `${sql} is not null` : null;
  const after = `${sql} ${descending ? '<' : '>'} ${placeholder}`;
  return nullable && !nullsFirst ? `(${after} or ${sql} is null)` : after;
}
