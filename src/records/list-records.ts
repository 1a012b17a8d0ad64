import { filterSql } from '../definition/filter-sql.ts';
import { Failure } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import { type Database, DatabaseError, type Row } from '../ports.ts';
import { type Cursor, writeCursor } from './cursor.ts';
import type { ListQuery } from './list-query.ts';
import { Parameters } from './parameters.ts';
import { lateralRecord, RECORD_JSON, storedValue, targetOf, textOf } from './record-sql.ts';
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
  const rows = await database.query(listStatement(model, query)).catch((error: unknown) => {
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
    total: query.count ? Number(rows[0]?.['total'] ?? 0) : null,
  };
}

function sortValues(row: Row, sort: readonly SortKey[]): readonly (string | null)[] {
  return sort.map((_, n) => row[`s${n}`] ?? null);
}

/** The statement of a list. One row more than the limit tells that there is a next page. */
function listStatement(model: ModelClass, query: ListQuery) {
  const parameters = new Parameters();
  const filter = query.filter ? filterSql(query.filter, parameters) : null;
  const after = query.cursor ? afterSql(query.sort, query.cursor, parameters) : null;
  const where = [filter, after].filter((condition) => condition !== null).join(' and ');
  const total = query.count
    ? `, (select count(*) from ${targetOf(model)} as t ${filter ? `where ${filter}` : ''})::text as total`
    : '';
  const limit = parameters.add(String(query.limit + 1), 'integer');
  return {
    text: `
      select ${sortColumns(model, query.sort)}${total}, ${RECORD_JSON}
      from ${targetOf(model)} as t
      ${recordOf(model, query.select)}
      ${where === '' ? '' : `where ${where}`}
      ${orderBy(model, query.sort)}
      limit ${limit}`,
    params: parameters.values,
  };
}

function recordOf(model: ModelClass, select: readonly ModelField[]): string {
  return textOf(model, `record ${select.map(({ name }) => name).join()}`, () =>
    lateralRecord(select, storedValue(model)),
  );
}

function sortColumns(model: ModelClass, sort: readonly SortKey[]): string {
  return textOf(model, `sort ${shapeOf(sort)}`, () =>
    sort.map(({ field }, n) => `t.${field.column}::text as s${n}`).join(', '),
  );
}

function orderBy(model: ModelClass, sort: readonly SortKey[]): string {
  return textOf(model, `order ${shapeOf(sort)}`, () => {
    const keys = sort.map(({ field, descending }) => `t.${field.column}${descending ? ' desc' : ''}`);
    return `order by ${keys.join(', ')}`;
  });
}

function shapeOf(sort: readonly SortKey[]): string {
  return sort.map(({ field, descending }) => `${descending ? '-' : ''}${field.name}`).join();
}

/** The rows after a cursor. Nulls come last, and first where the order descends, as Postgres sorts them. */
function afterSql(sort: readonly SortKey[], cursor: Cursor, parameters: Parameters): string {
  const alternatives: string[] = [];
  const equal: string[] = [];
  sort.forEach(({ field, descending }, n) => {
    const column = `t.${field.column}`;
    const value = cursor.values[n] ?? null;
    const placeholder = value === null ? '' : parameters.add(value, field.columnType);
    const after = afterOne(column, placeholder, descending, field.nullable);
    if (after) alternatives.push([...equal, after].join(' and '));
    equal.push(value === null ? `${column} is null` : `${column} = ${placeholder}`);
  });
  return `((${alternatives.join(') or (')}))`;
}

function afterOne(
  column: string,
  placeholder: string,
  descending: boolean,
  nullable: boolean,
): string | null {
  if (placeholder === '') return descending ? `${column} is not null` : null;
  if (descending) return `${column} < ${placeholder}`;
  return nullable ? `(${column} > ${placeholder} or ${column} is null)` : `${column} > ${placeholder}`;
}
