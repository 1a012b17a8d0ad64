import type { ModelClass } from '../model/model-class.ts';
import { givenClause, insertSql, N, updated, writtenFields } from './create-sql.ts';
import { hasColumn, type ListField, setLinks } from './link-sql.ts';
import { allFields, assignments, FENCE, IS_NEW } from './record-sql.ts';
import type { ConflictTarget } from './upsert.ts';

/**
 * The clauses that create records or, where one of the same values is there, change the fields that were given. They
 * end with `written`: the rows in the order that they were sent in, with their lists; `upserted` tells which are new.
 */
export function upsertClauses(
  model: ModelClass,
  { fields }: ConflictTarget,
  changed: ReadonlySet<string>,
  param: number,
  fence = FENCE,
): readonly string[] {
  const columns = writtenFields(model)
    .filter(hasColumn)
    .map(({ column }) => [column, `g.${column}`] as const);
  const sets = writtenFields(model)
    .filter((field) => hasColumn(field) && field.name !== 'id' && changed.has(field.name))
    .map(({ column }) => `${column} = excluded.${column}`);
  const target = fields.map(({ column }) => column).join(', ');
  const stored = [...model.fields.values()].filter(hasColumn).map(({ column }) => `t.${column}`);
  const isSame = fields.map(({ column }) => `g.${column} = t.${column}`).join(' and ');
  const links = (list: ListField) =>
    // A list that was not given is empty in a new record, and stays as it is in another.
    setLinks(model, list, changed.has(list.name) ? `g.${list.column}` : 'null');
  return [
    givenClause(model, param),
    `
    upserted as (
      ${insertSql(model, [...columns, ...updated(model)])}
      from given as g
      where ${fence}
      order by g.${N}
      on conflict (${target}) do update set ${assignments(model, sets)}
      returning t.xmax = 0 as ${IS_NEW}, ${stored.join(', ')}
    )`,
    `
    written as (
      select ${allFields(model, links)}
      from upserted as t
      join given as g on ${isSame}
      order by g.${N}
    )`,
  ];
}
