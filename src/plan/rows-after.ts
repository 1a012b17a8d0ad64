import { asRead } from '../definition/adopted.ts';
import { isComputed } from '../definition/computed.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { specOf } from '../definition/field-types.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { systemFields } from '../definition/system-fields.ts';
import { type ModelContext, valueAtOnce } from './model-context.ts';
import { newComputed, sqlOver } from './plan-computed.ts';
import { conversionFor } from './plan-conversion.ts';
import { keyOfRow, valueOfList } from './plan-list-conversion.ts';
import { quoteTable } from './steps/table-sql.ts';

/**
 * The rows of a model as a change will make them, as SQL to select from: with the columns that values move to, those
 * that are new, and those that are computed.
 */
export function rowsAfter(context: ModelContext, before: Definition): string {
  return newComputed(before, context.after).reduce(
    (rows, { field }) =>
      `(select t.*, ${sqlOver(context.after, field, 't')} as ${quoteIdentifier(field.column)} from ${rows} as t)`,
    enteredRows(context, before),
  );
}

/** The rows with the columns that carry values of their own, by name: the table may have more of them by now. */
function enteredRows(context: ModelContext, before: Definition): string {
  const table = storedRows(context, before);
  const had = new Map(before.fields.map((field) => [field.id, field]));
  const coming = context.after.fields.flatMap((field) => {
    const previous = had.get(field.id);
    if (hasJoinTable(field) || isComputed(field) || previous?.column === field.column) return [];
    return [`${valueAfter(context, previous, field)} as ${quoteIdentifier(field.column)}`];
  });
  if (coming.length === 0 && newComputed(before, context.after).length === 0) return table;
  const there = before.fields.filter((field) => !hasJoinTable(field)).map((field) => field.column);
  const columns = [...systemFields(before).map((field) => field.column), ...there].map(quoteIdentifier);
  return `(select ${[...columns, ...coming].join(', ')} from ${table} as t)`;
}

/** The table, with the columns that come back from the trash under the names that they will have. */
function storedRows(context: ModelContext, before: Definition): string {
  const table = quoteTable(context.target);
  const aliases = before.fields.flatMap((field) => {
    const stored = context.restoredFrom(field)?.entry.stored ?? field.column;
    if (hasJoinTable(field) || stored === field.column) return [];
    return [`t.${quoteIdentifier(stored)} as ${quoteIdentifier(field.column)}`];
  });
  return aliases.length === 0 ? table : `(select t.*, ${aliases.join(', ')} from ${table} as t)`;
}

function valueAfter(context: ModelContext, previous: Field | undefined, field: Field): string {
  if (!previous) return `(${valueAtOnce(context, field) ?? 'null'})::${specOf(field).columnType(field)}`;
  if (hasJoinTable(previous)) return valueOfList(context, previous, field, keyOfRow(context));
  return conversionFor(context, previous, field).forward(
    asRead(previous, `t.${quoteIdentifier(previous.column)}`),
  );
}
