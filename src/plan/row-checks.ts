import type { CheckConstraint } from '../definition/columns.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import type { PhysicalIndex } from '../definition/model-indexes.ts';
import type { Check } from './check.ts';
import type { Referred } from './conversions/reference.ts';
import type { RowKey } from './steps/key-window.ts';
import type { TableName } from './steps/step-kind.ts';
import { quoteTable } from './steps/table-sql.ts';

/** The model whose rows are asked. */
interface Checked {
  readonly after: Definition;
  readonly target: TableName;
  readonly key: RowKey;
}

const SAMPLES = 20;

/** The rows that meet a condition, over the alias `t`; `rows` is SQL of where they stand. */
export function rowsCheck(
  { after, target, key }: Checked,
  kind: Check['kind'],
  field: string,
  value: string,
  condition: string,
  rows = quoteTable(target),
): Check {
  return {
    kind,
    model: after.name,
    modelIds: [after.id],
    field,
    statement: {
      text: `
        select t.${quoteIdentifier(key.column)}::text as id, (${value})::text as value, (count(*) over ())::text as failing
        from ${rows} as t
        where ${condition}
        order by t.${quoteIdentifier(key.column)}
        limit ${SAMPLES}`,
      params: [],
    },
  };
}

/** Records that break a rule of a field. */
export function brokenCheck(
  model: Checked,
  field: Field,
  { expression }: CheckConstraint,
  rows?: string,
): Check {
  return rowsCheck(model, 'check', field.name, quoteIdentifier(field.column), `not (${expression})`, rows);
}

/** Records in which a required field is empty. */
export function nullsCheck(model: Checked, field: Field, rows?: string): Check {
  return rowsCheck(model, 'required', field.name, 'null', `${quoteIdentifier(field.column)} is null`, rows);
}

/** Records that refer to what is not there; to all that is not null where the target is still to come. */
export function orphansCheck(
  model: Checked,
  { name, column, to }: Field,
  target: Referred | null,
  rows = quoteTable(model.target),
): Check {
  const quoted = quoteIdentifier(column);
  const orphaned = target
    ? `${quoted} is not null and not exists (select from ${target.table} as r where r.${target.key} = t.${quoted})`
    : `${quoted} is not null`;
  const check = rowsCheck(model, 'reference', name, quoted, orphaned, rows);
  return { ...check, modelIds: [...check.modelIds, ...(to === undefined ? [] : [to])] };
}

/** Values that several rows have; nulls are alike to none. */
export function duplicatesCheck(
  { after, target, key }: Checked,
  index: PhysicalIndex,
  rows = quoteTable(target),
): Check {
  const names = new Map(after.fields.map((field) => [field.column, field.name]));
  const columns = index.columns.map(quoteIdentifier);
  const list = columns.join(', ');
  const value = columns.length === 1 ? list : `(${list})`;
  const conditions = [
    ...columns.map((column) => `${column} is not null`),
    ...(index.where === null ? [] : [index.where]),
  ];
  return {
    kind: 'unique',
    model: after.name,
    modelIds: [after.id],
    field: index.columns.map((column) => names.get(column) ?? column).join(','),
    statement: {
      text: `
        select id, value, (sum(repeated) over ())::text as failing
        from (
          select min(t.${quoteIdentifier(key.column)}::text) as id, min((${value})::text) as value, count(*) as repeated
          from ${rows} as t
          where ${conditions.join(' and ')}
          group by ${list}
          having count(*) > 1
        ) as duplicates
        order by repeated desc, id
        limit ${SAMPLES}`,
      params: [],
    },
  };
}
