import { checkConstraints } from '../definition/columns.ts';
import { type Definition, type Field, SYSTEM_FIELDS } from '../definition/definition.ts';
import { specOf } from '../definition/field-types.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { indexesOf } from '../definition/model-indexes.ts';
import type { Check } from './check.ts';
import { type ModelContext, valueAtOnce } from './model-context.ts';
import { conversionFor } from './plan-conversion.ts';
import { isAlikeNowhere } from './plan-indexes.ts';
import { brokenCheck, duplicatesCheck, nullsCheck, orphansCheck, rowsCheck } from './row-checks.ts';
import { quoteTable } from './steps/table-sql.ts';

/** The checks from one definition of a model to another: only what becomes stricter, only over old rows. */
export function checksOf(context: ModelContext, before: Definition): readonly Check[] {
  const { after } = context;
  const rows = rowsOf(context, before);
  const had = new Map(before.fields.map((field) => [field.id, field]));
  const fields = after.fields.filter((field) => !hasJoinTable(field));
  const checks: Check[] = [];
  for (const field of fields) {
    const previous = had.get(field.id);
    if (previous && previous.column !== field.column) {
      checks.push(...movedChecks(context, previous, field, rows));
      continue;
    }
    if (field.required && !previous?.required && !hasValue(context, field, previous)) {
      const isEmpty = rowsCheck(context, 'required', field.name, 'null', 'true');
      checks.push(previous ? nullsCheck(context, field) : isEmpty);
    }
    const old = previous ? checkConstraints(previous) : [];
    // What new fields get was judged by their own rules already.
    for (const constraint of previous ? checkConstraints(field) : []) {
      if (old.some((other) => other.name === constraint.name)) continue;
      checks.push(brokenCheck(context, field, constraint));
    }
    if (field.to === undefined || field.to === previous?.to) continue;
    if (!previous && valueAtOnce(context, field) === null) continue;
    const target = context.isThere(field.to) ? context.tableOf(field.to) : null;
    checks.push(orphansCheck(context, field, target, rows));
  }
  return [...checks, ...uniqueChecks(context, before, rows)];
}

/** Values that do not convert, and those that a required field would lack once they did. */
function movedChecks(context: ModelContext, previous: Field, field: Field, rows: string): readonly Check[] {
  const { unconverted } = conversionFor(context, previous, field);
  const value = quoteIdentifier(previous.column);
  const checks: Check[] = [];
  if (unconverted !== null) {
    checks.push(rowsCheck(context, 'conversion', field.name, value, unconverted, rows));
  }
  if (field.required && !hasValue(context, field, previous)) {
    const isExplained = unconverted === null ? '' : ` and not (${unconverted})`;
    const isEmpty = `${quoteIdentifier(field.column)} is null${isExplained}`;
    checks.push(rowsCheck(context, 'required', field.name, value, isEmpty, rows));
  }
  return checks;
}

/** The rows as they will be: with the columns that values move to, and with those that are new. */
function rowsOf(context: ModelContext, before: Definition): string {
  const table = quoteTable(context.target);
  const had = new Map(before.fields.map((field) => [field.id, field]));
  const coming = context.after.fields.flatMap((field) => {
    if (hasJoinTable(field)) return [];
    const previous = had.get(field.id);
    if (previous?.column === field.column) return [];
    const value = previous
      ? conversionFor(context, previous, field).forward(`t.${quoteIdentifier(previous.column)}`)
      : `(${valueAtOnce(context, field) ?? 'null'})::${specOf(field).columnType(field)}`;
    return [`${value} as ${quoteIdentifier(field.column)}`];
  });
  if (coming.length === 0) return table;
  const there = before.fields.filter((field) => !hasJoinTable(field)).map((field) => field.column);
  const columns = [...SYSTEM_FIELDS, ...there].map(quoteIdentifier);
  return `(select ${[...columns, ...coming].join(', ')} from ${table} as t)`;
}

function hasValue(context: ModelContext, field: Field, previous: Field | undefined): boolean {
  const given = context.backfillOf(field);
  if (given !== undefined && given !== null) return true;
  return previous === undefined && field.default !== undefined && field.default !== null;
}

function uniqueChecks(context: ModelContext, before: Definition, rows: string): readonly Check[] {
  const { after } = context;
  const had = new Set(indexesOf(before).map((index) => index.name));
  return indexesOf(after)
    .filter((index) => index.unique && !had.has(index.name) && !isAlikeNowhere(context, before, index))
    .map((index) => duplicatesCheck(context, index, rows));
}
