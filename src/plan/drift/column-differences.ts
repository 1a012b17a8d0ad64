import { storedType } from '../../definition/adopted.ts';
import { defaultSql } from '../../definition/columns.ts';
import type { Definition, Field } from '../../definition/definition.ts';
import type { FoundColumn, FoundTable } from '../../definition/found-table.ts';
import { hasJoinTable } from '../../definition/join-table.ts';
import { uniqueName } from '../../definition/physical-names.ts';
import { systemFields } from '../../definition/system-fields.ts';
import { defaultOfColumn } from '../adopt/adopted-default.ts';
import { writtenType } from '../adopt/adopted-type.ts';
import { conversionOf } from '../conversions/conversions.ts';
import { isTrashed } from '../steps/trash-column.ts';
import { fieldOf, withColumn, withField, withoutFields } from './as-found.ts';
import { type Difference, difference } from './difference.ts';

/** Columns that came, went, or became others. */
export function columnDifferences(model: Definition, table: FoundTable): readonly Difference[] {
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  const fields = model.fields.filter((field) => !hasJoinTable(field));
  const known = new Set([
    ...[...systemFields(model), ...fields].map((field) => field.column),
    ...(model.adopted?.others ?? []),
  ]);
  return [
    ...systemFields(model)
      .filter((field) => !columns.has(field.column))
      .map(({ name, column }) => {
        const message = `the column ${column} of ${model.name}, its ${name}, is gone: restore it by SQL`;
        return difference(model, 'columnMissing', column, message, {}, name);
      }),
    ...fields.flatMap((field) => {
      const column = columns.get(field.column);
      return column ? changed(model, field, column, columns) : [missing(model, field)];
    }),
    ...table.columns
      .filter((column) => !known.has(column.name) && !isTrashed(column.name))
      .map((column) => added(model, column)),
  ];
}

function missing(model: Definition, field: Field): Difference {
  const asFound = withoutFields(model, [field]);
  const message = `the column ${field.column} of ${model.name}.${field.name} is gone, with its values`;
  const repairs = {
    catalog: { asFound, next: model },
    database: { asFound, next: asFound, isDestructive: true },
  } as const;
  return difference(model, 'columnMissing', field.column, message, repairs, field.name);
}

function added(model: Definition, column: FoundColumn): Difference {
  const asFound = withColumn(model, column);
  const what = `${model.name} has a column ${column.name} (${column.type}) that no field is in`;
  if (!asFound) {
    const message = `${what}, and no field can be: drop it by SQL`;
    return difference(model, 'columnAdded', column.name, message, {});
  }
  const message = `${what}: it becomes a field, or goes to the trash`;
  const repairs = { catalog: { asFound, next: model }, database: { asFound, next: asFound } };
  return difference(model, 'columnAdded', column.name, message, repairs);
}

function changed(
  model: Definition,
  field: Field,
  column: FoundColumn,
  columns: ReadonlyMap<string, FoundColumn>,
): readonly Difference[] {
  const what = `${model.name}.${field.name}`;
  const wanted = writtenType(storedType(field));
  if (column.type !== wanted) {
    const message = `the column of ${what} is of the type ${column.type}, and not ${wanted}`;
    return [
      difference(
        model,
        'columnType',
        field.column,
        message,
        typeRepairs(model, field, column, columns),
        field.name,
      ),
    ];
  }
  const differences: Difference[] = [];
  const note = (kind: 'columnNullable' | 'columnDefault', message: string, found: Field) => {
    const asFound = withField(model, field, found);
    const repairs = { catalog: { asFound, next: model }, database: { asFound, next: asFound } };
    differences.push(difference(model, kind, field.column, message, repairs, field.name));
  };
  if (column.nullable === (field.required === true)) {
    const { required: _required, ...optional } = field;
    if (column.nullable)
      note('columnNullable', `the column of ${what} takes null, and it is required`, optional);
    else
      note('columnNullable', `the column of ${what} takes no null, and it is not required`, {
        ...field,
        required: true,
      });
  }
  const found = defaultFound(field, column);
  if (found !== undefined && field.expression === undefined) {
    const says = column.default === null ? 'has no default' : `has the default ${column.default}`;
    const message = `the column of ${what} ${says}, and not ${defaultSql(field) ?? 'none'}`;
    note('columnDefault', message, found);
  }
  return differences;
}

/** Types whose defaults Postgres writes as they were given. */
const COMPARED = new Set([
  'text',
  'choice',
  'email',
  'url',
  'integer',
  'bigint',
  'decimal',
  'boolean',
  'uuid',
]);

/** The field with the default that its column has; undefined where that is the same, or cannot be told. */
function defaultFound(field: Field, column: FoundColumn): Field | undefined {
  const { default: _default, ...bare } = field;
  if (column.default === null) return defaultSql(field) === null ? undefined : bare;
  const found = defaultOfColumn(column.default, field.type);
  if (found === undefined || found === null) return undefined;
  const isFunction = typeof found === 'object' && 'fn' in found;
  if (!isFunction && !COMPARED.has(field.type)) return undefined;
  const next = { ...bare, default: found };
  return defaultSql(next) === defaultSql(field) ? undefined : next;
}

/** Back to its type is another column, as for any change of one; forth is a field of that type. */
function typeRepairs(
  model: Definition,
  field: Field,
  column: FoundColumn,
  columns: ReadonlyMap<string, FoundColumn>,
): Difference['repairs'] {
  const { id, name, label, help } = field;
  const found = fieldOf({ id, name, column: field.column }, column);
  if (!found || field.expression !== undefined) return {};
  const named = {
    ...found,
    ...(label === undefined ? {} : { label }),
    ...(help === undefined ? {} : { help }),
  };
  const asFound = withField(model, field, named);
  const database = { asFound, next: asFound };
  const { storedAs: _storedAs, names: _names, ...rest } = field;
  const back = { ...rest, column: uniqueName(field.column, new Set(columns.keys())) };
  const isConvertible = field.to === undefined && conversionOf(named, back, null) !== null;
  return isConvertible
    ? { catalog: { asFound, next: withField(model, field, back) }, database }
    : { database };
}
