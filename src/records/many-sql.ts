import type { Filter } from '../definition/filter.ts';
import { filterShape, filterValues } from '../definition/filter-shape.ts';
import { filterSql } from '../definition/filter-sql.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import type { Statement } from '../ports.ts';
import { hasColumn, setLinks } from './link-sql.ts';
import { Parameters } from './parameters.ts';
import {
  allFields,
  assignments,
  FENCE,
  fenceOf,
  fenceSql,
  selectWritten,
  targetOf,
  textOf,
} from './record-sql.ts';

/** Which records a write is of, and how many it may be. */
export interface ManyQuery {
  readonly filter: Filter;
  /** The models that the filter leads to: as the one that is written, they must be current. */
  readonly related: readonly ModelClass[];
  readonly maxAffected: number;
}

/** Writes values, by the names of their fields, into all records of a query or into none. */
export function updateStatement(
  model: ModelClass,
  query: ManyQuery,
  values: Readonly<Record<string, string | null>>,
): Statement {
  const fields = [...model.fields.values()].filter(({ name }) => Object.hasOwn(values, name));
  const names = fields.map(({ name }) => name);
  return {
    text: textOf(model, `update\n${names.join()}\n${shapeOf(query)}`, () => updateText(model, query, fields)),
    params: paramsOf(
      model,
      query,
      names.map((name) => values[name] ?? null),
    ),
  };
}

/** Deletes all records of a query, or none. */
export function deleteStatement(model: ModelClass, query: ManyQuery): Statement {
  return {
    text: textOf(model, `delete\n${shapeOf(query)}`, () => deleteText(model, query)),
    params: paramsOf(model, query, []),
  };
}

/** What of a query a text depends on, besides the class and what is written. */
function shapeOf({ filter, related }: ManyQuery): string {
  return `${filterShape(filter)}\n${related.length}`;
}

/** The parameters of such a text, in their order. */
function paramsOf(
  model: ModelClass,
  { filter, maxAffected, related }: ManyQuery,
  written: readonly (string | null)[],
): readonly (string | null)[] {
  return [
    ...fenceOf(model),
    String(maxAffected),
    ...written,
    ...filterValues(filter),
    ...related.flatMap(fenceOf),
  ];
}

/** The statement that writes fields of many records, for all queries of one shape. */
function updateText(model: ModelClass, query: ManyQuery, fields: readonly ModelField[]): string {
  const parameters = startOf(model, query);
  const given = new Map(fields.map((field) => [field, parameters.add(null, field.columnType)]));
  const sets = [...given].flatMap(([field, value]) =>
    hasColumn(field) ? [`${field.column} = ${field.write(value)}`] : [],
  );
  const returned = allFields(model, (list) => setLinks(model, list, given.get(list) ?? 'null'));
  return `
        with ${matchedClause(model, query, parameters)},
        written as (
          update ${targetOf(model)} as t set ${assignments(model, sets)}
          where ${isMatched(model)}
          returning ${returned}
        )
        select one.matched, answer.record
        from ${countedRow(query, parameters)} as one
        left join (${selectWritten(model)}) as answer on true`;
}

/** The statement that deletes many records, for all queries of one shape. */
function deleteText(model: ModelClass, query: ManyQuery): string {
  const parameters = startOf(model, query);
  return `
        with ${matchedClause(model, query, parameters)},
        written as (delete from ${targetOf(model)} as t where ${isMatched(model)})
        select one.matched
        from ${countedRow(query, parameters)} as one`;
}

/** How many records it may be, in the parameters of `startOf`. */
const MOST = '$3::integer';

function startOf(model: ModelClass, { maxAffected }: ManyQuery): Parameters {
  return new Parameters([...fenceOf(model), String(maxAffected)]);
}

/** The keys of the records, one more than there may be, held in one order: two such writes never wait in a circle. */
function matchedClause(model: ModelClass, { filter }: ManyQuery, parameters: Parameters): string {
  return `matched as (
    select t.${model.keyColumn} as id
    from ${targetOf(model)} as t
    where ${filterSql(filter, parameters)}
    order by t.${model.keyColumn}
    limit ${MOST} + 1
    for no key update
  )`;
}

function isMatched(model: ModelClass): string {
  return `t.${model.keyColumn} = any (array(select m.id from matched as m)) and (select count(*) from matched) <= ${MOST}`;
}

/** One row, whatever was matched: the fences are asked in any case. */
function countedRow({ related }: ManyQuery, parameters: Parameters): string {
  const others = related.map((model) => ` and ${fenceSql(model, parameters)}`);
  return `(select (select count(*) from matched)::text as matched where ${FENCE}${others.join('')})`;
}
