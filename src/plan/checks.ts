import { checkConstraints } from '../definition/columns.ts';
import { type ComputedField, enteredSources, isComputed } from '../definition/computed.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { quoteIdentifier, quoteLiteral } from '../definition/identifiers.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { indexesOf } from '../definition/model-indexes.ts';
import type { Check } from './check.ts';
import { type ModelContext, valueAtOnce } from './model-context.ts';
import { newComputed, sqlOver } from './plan-computed.ts';
import { conversionFor } from './plan-conversion.ts';
import { isAlikeNowhere } from './plan-indexes.ts';
import { listChecks } from './plan-list-conversion.ts';
import { brokenCheck, duplicatesCheck, nullsCheck, orphansCheck, rowsCheck } from './row-checks.ts';
import { rowsAfter } from './rows-after.ts';

/** Values that a sample shows of a row: a function of Postgres takes a hundred parameters. */
const MAX_SHOWN = 50;

/** The checks from one definition of a model to another: only what becomes stricter, only over old rows. */
export function checksOf(context: ModelContext, before: Definition): readonly Check[] {
  const { after } = context;
  const rows = rowsAfter(context, before);
  const had = new Map(before.fields.map((field) => [field.id, field]));
  const fields = after.fields.filter((field) => !hasJoinTable(field));
  const checks: Check[] = [];
  for (const field of fields) {
    const previous = had.get(field.id);
    if (isComputed(field) && previous?.column !== field.column) {
      checks.push(...computedChecks(context, field, rows));
      continue;
    }
    if (previous && previous.column !== field.column) {
      checks.push(...movedChecks(context, previous, field, rows));
      continue;
    }
    if (field.required && !previous?.required && !hasValue(context, field, previous)) {
      const isEmpty = rowsCheck(context, 'required', field.name, 'null', 'true');
      checks.push(previous ? nullsCheck(context, field, rows) : isEmpty);
    }
    const old = previous ? checkConstraints(previous) : [];
    // What new fields get was judged by their own rules already.
    for (const constraint of previous ? checkConstraints(field) : []) {
      if (old.some((other) => other.name === constraint.name)) continue;
      checks.push(brokenCheck(context, field, constraint, rows));
    }
    if (field.to === undefined || field.to === previous?.to) continue;
    // What leads nowhere is emptied, where it can be; of records that come back as well, the contract will tell.
    if (context.restoredFrom(field) && !(field.required && context.isThere(field.to))) continue;
    if (!previous && valueAtOnce(context, field) === null) continue;
    const target = context.isThere(field.to) ? context.referredTo(field.to) : null;
    checks.push(orphansCheck(context, field, target, rows));
  }
  const expressions = newComputed(before, after).map(({ field }) => expressionCheck(context, field, rows));
  return [...expressions, ...checks, ...uniqueChecks(context, before, rows)];
}

/** Values that do not convert, and those that a required field would lack once they did. */
function movedChecks(context: ModelContext, previous: Field, field: Field, rows: string): readonly Check[] {
  const { unconverted, value, checks } = (hasJoinTable(previous) ? listChecks : columnChecks)(
    context,
    previous,
    field,
    rows,
  );
  if (field.required && !hasValue(context, field, previous)) {
    const isExplained = unconverted === null ? '' : ` and not (${unconverted})`;
    const isEmpty = `${quoteIdentifier(field.column)} is null${isExplained}`;
    return [...checks, rowsCheck(context, 'required', field.name, value, isEmpty, rows)];
  }
  return checks;
}

function columnChecks(context: ModelContext, previous: Field, field: Field, rows: string) {
  const { unconverted } = conversionFor(context, previous, field);
  const value = quoteIdentifier(previous.column);
  const checks =
    unconverted === null ? [] : [rowsCheck(context, 'conversion', field.name, value, unconverted, rows)];
  return { unconverted, value, checks };
}

/** Values that would break the rules of a computed field. */
function computedChecks(context: ModelContext, field: ComputedField, rows: string): readonly Check[] {
  const column = quoteIdentifier(field.column);
  const broken = checkConstraints(field).map(({ expression }) =>
    rowsCheck(context, 'check', field.name, column, `not (${expression})`, rows),
  );
  if (!field.required) return broken;
  return [...broken, rowsCheck(context, 'required', field.name, 'null', `${column} is null`, rows)];
}

/** Where the expression fails, and over what values. */
function expressionCheck(context: ModelContext, field: ComputedField, rows: string): Check {
  const { after } = context;
  const sources = enteredSources(field, after.fields).slice(0, MAX_SHOWN);
  const pairs = sources.map(({ name, column }) => `${quoteLiteral(name)}, t.${quoteIdentifier(column)}`);
  return {
    kind: 'expression',
    model: after.name,
    modelIds: [after.id],
    field: field.name,
    statement: {
      text: `
        select id, value_of_row as value, failing
        from remodel.failing_rows($1, $2, $3, $4, 20)`,
      params: [
        identified(context, rows),
        sqlOver(after, field, 't'),
        `json_build_object(${pairs.join(', ')})`,
        context.key.type,
      ],
    },
  };
}

/** The rows with their key as `id`, as `remodel.failing_rows` asks for it. */
function identified({ key }: ModelContext, rows: string): string {
  return key.column === 'id'
    ? rows
    : `(select t.${quoteIdentifier(key.column)} as id, t.* from ${rows} as t)`;
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
