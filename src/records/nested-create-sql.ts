import type { ModelClass } from '../model/model-class.ts';
import { insertSql, updated, valueSql, writtenFields } from './create-sql.ts';
import { hasColumn, type ListField, listsOf } from './link-sql.ts';
import type { NestedRecord } from './nested-records.ts';
import type { Parameters } from './parameters.ts';
import { allFields, FENCE, fenceSql } from './record-sql.ts';

/**
 * The clauses that create records of several models: one for each record, as each has a key of its own to be referred
 * to by. They end with `written`: the roots in their order, with their lists.
 */
export function nestedClauses(
  roots: readonly NestedRecord[],
  all: readonly NestedRecord[],
  parameters: Parameters,
): readonly string[] {
  const names = new Map(all.map((record, n) => [record, `c${n}`]));
  const keyOf = (record: NestedRecord) =>
    `(select k.${record.model.keyColumn} from ${names.get(record)} as k)`;
  const listSql = (record: NestedRecord, list: ListField) => {
    const key = list.columnType.replace(/\[\]$/, '');
    const entries = (record.lists.get(list.name) ?? []).map((entry) =>
      typeof entry === 'string' ? parameters.add(entry, key) : keyOf(entry),
    );
    return `array[${entries.join(', ')}]::${list.columnType}`;
  };
  const fences = new Map<ModelClass, string>();
  const fenceOf = (model: ModelClass) => {
    const known = fences.get(model);
    if (known) return known;
    const fence = fenceSql(model, parameters);
    fences.set(model, fence);
    return fence;
  };
  const [first] = roots;
  if (!first) throw new TypeError('nobody nests records in none');
  fences.set(first.model, FENCE);
  const inserts = all.map((record) =>
    insertNested(record, names.get(record) ?? '', keyOf, fenceOf, parameters),
  );
  const links = all.flatMap((record) =>
    listsOf(record.model)
      .filter((list) => (record.lists.get(list.name) ?? []).length > 0)
      .map(
        (list) => `
    insert into ${list.joinTable} (source, target, position)
    select ${keyOf(record)}, l.target, l.position
    from unnest(${listSql(record, list)}) with ordinality as l (target, position)`,
      ),
  );
  const rows = roots.map(
    (record) => `
      select ${allFields(record.model, (list) => listSql(record, list))}
      from ${names.get(record)} as t`,
  );
  return [
    ...inserts,
    ...links.map((link, n) => `l${n} as (${link})`),
    `written as (${rows.join(' union all ')})`,
  ];
}

function insertNested(
  { model, values, refers }: NestedRecord,
  name: string,
  keyOf: (record: NestedRecord) => string,
  fenceOf: (model: ModelClass) => string,
  parameters: Parameters,
): string {
  const columns = writtenFields(model)
    .filter(hasColumn)
    .map((field) => {
      const other = refers.get(field.name);
      const value = other
        ? keyOf(other)
        : valueSql(model, field, parameters.add(values[field.name] ?? null, 'text'));
      return [field.column, value] as const;
    });
  const stored = [...model.fields.values()].filter(hasColumn).map(({ column }) => `t.${column}`);
  return `
    ${name} as (
      ${insertSql(model, [...columns, ...updated(model)])}
      where ${fenceOf(model)}
      returning ${stored.join(', ')}
    )`;
}
