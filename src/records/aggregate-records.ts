import { filterShape, filterValues } from '../definition/filter-shape.ts';
import { filterSql } from '../definition/filter-sql.ts';
import { quoteLiteral } from '../definition/identifiers.ts';
import { Failure } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import { type Database, DatabaseError } from '../ports.ts';
import type { AggregateQuery, Column } from './aggregate-query.ts';
import type { RecordPage } from './list-records.ts';
import { Parameters } from './parameters.ts';
import { runShape, targetOf } from './record-sql.ts';

/** The groups that a query asks for, in one statement. */
export async function aggregateRecords(
  database: Database,
  model: ModelClass,
  query: AggregateQuery,
): Promise<Omit<RecordPage, 'total'>> {
  const shape = aggregateShape(query);
  const text = () => aggregateText(model, query);
  const asked = runShape(database, model, shape, text, aggregateParams(query));
  const rows = await asked.catch((error: unknown) => {
    // Class 22, data exception: every value was checked, but what becomes of them may be too large for its type.
    if (error instanceof DatabaseError && error.sqlState.startsWith('22')) {
      throw new Failure('invalid_query', 'a sum or an average runs over; narrow the filter', {
        cause: error,
      });
    }
    throw error;
  });
  const isFull = rows.length > query.limit;
  return {
    records: rows.slice(0, query.limit).flatMap((row) => row['record'] ?? []),
    next: isFull ? `g${query.offset + query.limit}` : null,
  };
}

/** What of a query its text depends on, besides the class. */
function aggregateShape({ groups, aggregates, filter, having, sort }: AggregateQuery): string {
  const columns = (some: readonly Column[]) => some.map(({ name, sql }) => `${name} ${sql}`).join();
  return [
    'aggregate',
    columns(groups),
    columns(aggregates),
    filter ? filterShape(filter) : '',
    having ? filterShape(having) : '',

    sort.map(({ column, descending }) => `${column.field.column}${descending ? ' desc' : ''}`).join(),
  ].join('\n');
}

function aggregateParams({ filter, having, limit, offset }: AggregateQuery): readonly string[] {
  return [
    ...(filter ? filterValues(filter) : []),
    ...(having ? filterValues(having) : []),
    // One group more than was asked for tells that there is a next page.
    String(limit + 1),
    String(offset),
  ];
}

/** The statement of groups, for all queries of one shape. */
function aggregateText(model: ModelClass, query: AggregateQuery): string {
  const { groups, aggregates, filter, having, sort } = query;
  const parameters = new Parameters();
  const columns = [...groups, ...aggregates].map(({ sql, field }) => `${sql} as ${field.column}`);
  const where = filter ? `where ${filterSql(filter, parameters)}` : '';
  const groupBy = groups.length > 0 ? `group by ${groups.map((_, n) => n + 1).join(', ')}` : '';
  const kept = having
    ? `where ${filterSql(having, { alias: 'g.', add: (value, type) => parameters.add(value, type) })}`
    : '';
  const order = sort.map(({ column, descending }) => `g.${column.field.column}${descending ? ' desc' : ''}`);
  const limit = parameters.add(String(query.limit + 1), 'integer');
  const offset = parameters.add(String(query.offset), 'integer');
  return `
      select json_build_object(${membersOf(query).join(', ')})::text as record
      from (
        select ${columns.join(', ')}
        from ${targetOf(model)} as t
        ${where}
        ${groupBy}
      ) as g
      ${kept}
      ${order.length > 0 ? `order by ${order.join(', ')}` : ''}
      limit ${limit}
      offset ${offset}`;
}

/** The values of groups by their names; those of a function under its name, by the field's. */
function membersOf({ groups, aggregates }: AggregateQuery): readonly string[] {
  const members = groups.map((group) => `${quoteLiteral(group.name)}, ${json(group)}`);
  const functions = new Map<string, Column[]>();
  for (const column of aggregates) {
    const [name = '', ...path] = column.name.split('.');
    if (path.length === 0) members.push(`${quoteLiteral(name)}, ${json(column)}`);
    else functions.set(name, [...(functions.get(name) ?? []), column]);
  }
  for (const [name, columns] of functions) {
    const values = columns.map(
      (column) => `${quoteLiteral(column.name.slice(name.length + 1))}, ${json(column)}`,
    );
    members.push(`${quoteLiteral(name)}, json_build_object(${values.join(', ')})`);
  }
  return members;
}

function json({ field, isNumber }: Column): string {
  const column = `g.${field.column}`;
  return isNumber ? column : field.spec.jsonExpression(column);
}
