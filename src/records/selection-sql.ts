import { quoteIdentifier } from '../definition/identifiers.ts';
import { followed, linkAlias } from '../definition/relation.ts';
import { RECORD, storedValue } from './record-sql.ts';
import type { Expanded, Selection } from './selection.ts';

/** What is selected of the row `alias`, as a row of its own, to stand in `cross join lateral`. */
export function selectedRow({ model, fields, expanded }: Selection, alias: string, depth = 0): string {
  const value = storedValue(model, alias);
  const parts = [
    ...fields.map((field) => `${field.spec.jsonExpression(value(field))} as ${quoteIdentifier(field.name)}`),
    ...expanded.map((one) => `${expandedRecords(one, alias, depth + 1)} as ${quoteIdentifier(one.name)}`),
  ];
  return `cross join lateral (select ${parts.join(', ')}) as ${RECORD}`;
}

/** The record that a reference leads to, or null; or the records of a list in its order, others in that of their keys. */
function expandedRecords({ relation, selection }: Expanded, from: string, depth: number): string {
  const to = `e${depth}`;
  const { source, condition } = followed(relation, from, to);
  const row = selectedRow(selection, to, depth);
  if (relation.isOne) return `(select row_to_json(${RECORD}) from ${source} ${row} where ${condition})`;
  const key = `${to}.${selection.model.keyColumn}`;
  const order = relation.links?.near === 'source' ? `${linkAlias(to)}.position` : key;
  return `(select coalesce(json_agg(${RECORD} order by ${order}), '[]'::json) from ${source} ${row} where ${condition})`;
}
