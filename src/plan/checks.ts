import { checkConstraints } from '../definition/columns.ts';
import { type Definition, type Field, SYSTEM_FIELDS } from '../definition/definition.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { indexesOf } from '../definition/model-indexes.ts';
import type { Statement } from '../ports.ts';
import { conversionFor } from './plan-conversion.ts';
import type { ModelContext } from './plan-fields.ts';
import { movedColumns } from './plan-model.ts';
import { quoteTable } from './steps/table-sql.ts';

/** A question to the data: how many rows stand in the way of a change, and which. */
export interface Check {
  readonly kind: 'unique' | 'required' | 'check' | 'reference' | 'conversion';
  readonly model: string;
  readonly modelId: string;
  readonly field: string;
  /** Answers rows `id`, `value`, `failing`: the first 20 and, in each, the number of all. */
  readonly statement: Statement;
}

const SAMPLES = 20;

/** The checks from one definition of a model to another: only what becomes stricter, only over old rows. */
export function checksOf(context: ModelContext, before: Definition): readonly Check[] {
  const { after } = context;
  const rows = rowsOf(context, before);
  const had = new Map(before.fields.map((field) => [field.id, field]));
  const check = (kind: Check['kind'], field: string, value: string, condition: string): Check => ({
    kind,
    model: after.name,
    modelId: after.id,
    field,
    statement: {
      text: `
        select id::text as id, (${value})::text as value, (count(*) over ())::text as failing
        from ${rows} as t
        where ${condition}
        order by t.id
        limit ${SAMPLES}`,
      params: [],
    },
  });
  const checks: Check[] = [];
  for (const field of after.fields) {
    const previous = had.get(field.id);
    const column = quoteIdentifier(field.column);
    if (previous && previous.column !== field.column) {
      const { unconverted } = conversionFor(context, previous, field);
      const value = quoteIdentifier(previous.column);
      if (unconverted !== null) checks.push(check('conversion', field.name, value, unconverted));
      if (field.required && !hasValue(context, field, previous)) {
        const isExplained = unconverted === null ? '' : ` and not (${unconverted})`;
        checks.push(check('required', field.name, value, `${column} is null${isExplained}`));
      }
      continue;
    }
    if (field.required && !previous?.required && !hasValue(context, field, previous)) {
      checks.push(check('required', field.name, 'null', previous ? `${column} is null` : 'true'));
    }
    if (!previous) continue;
    const old = checkConstraints(previous);
    for (const constraint of checkConstraints(field)) {
      if (old.some((other) => other.name === constraint.name)) continue;
      checks.push(check('check', field.name, column, `not (${constraint.expression})`));
    }
    if (field.to !== undefined && previous.to !== field.to) {
      const target = quoteTable(context.tableOf(field.to));
      checks.push(
        check(
          'reference',
          field.name,
          column,
          `${column} is not null and not exists (select from ${target} as r where r.id = t.${column})`,
        ),
      );
    }
  }
  return [...checks, ...uniqueChecks(context, before)];
}

/** The rows as they will be: a column that values move to is shown as the conversion fills it. */
function rowsOf(context: ModelContext, before: Definition): string {
  const table = quoteTable(context.target);
  const next = new Map(context.after.fields.map((field) => [field.id, field]));
  const moved = before.fields.flatMap((field) => {
    const to = next.get(field.id);
    if (!to || to.column === field.column) return [];
    const value = conversionFor(context, field, to).forward(`t.${quoteIdentifier(field.column)}`);
    return [`${value} as ${quoteIdentifier(to.column)}`];
  });
  if (moved.length === 0) return table;
  const columns = [...SYSTEM_FIELDS, ...before.fields.map((field) => field.column)].map(quoteIdentifier);
  return `(select ${[...columns, ...moved].join(', ')} from ${table} as t)`;
}

function hasValue(context: ModelContext, field: Field, previous: Field | undefined): boolean {
  const given = context.backfillOf(field);
  if (given !== undefined && given !== null) return true;
  return previous === undefined && field.default !== undefined && field.default !== null;
}

function uniqueChecks(context: ModelContext, before: Definition): readonly Check[] {
  const { after } = context;
  const had = new Set(indexesOf(before).map((index) => index.name));
  const oldColumns = new Set([
    ...SYSTEM_FIELDS,
    ...before.fields.map((field) => field.column),
    ...movedColumns(before, after),
  ]);
  const names = new Map(after.fields.map((field) => [field.column, field.name]));
  const checks: Check[] = [];
  for (const index of indexesOf(after)) {
    const { columns } = index;
    if (!index.unique || had.has(index.name) || !index.needs.every((column) => oldColumns.has(column)))
      continue;
    const list = columns.map(quoteIdentifier).join(', ');
    const present = columns.map((column) => `${quoteIdentifier(column)} is not null`).join(' and ');
    const value = columns.length === 1 ? list : `(${list})`;
    checks.push({
      kind: 'unique',
      model: after.name,
      modelId: after.id,
      field: columns.map((column) => names.get(column) ?? column).join(','),
      statement: {
        text: `
          select id, value, (sum(repeated) over ())::text as failing
          from (
            select min(id::text) as id, min((${value})::text) as value, count(*) as repeated
            from ${rowsOf(context, before)} as t
            where ${present}${index.where === null ? '' : ` and ${index.where}`}
            group by ${list}
            having count(*) > 1
          ) as duplicates
          order by repeated desc, id
          limit ${SAMPLES}`,
        params: [],
      },
    });
  }
  return checks;
}
