import { quoteIdentifier } from '../definition/identifiers.ts';
import { dataSchema } from '../definition/physical-names.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import type { Database, Row } from '../ports.ts';
import { isList, type ListField, linksOf } from './link-sql.ts';
import type { Parameters } from './parameters.ts';

/** The SQL fragments that every statement over records is made of. Each depends on the class alone. */

/** A record as its JSON text, which goes to the client as Postgres wrote it. */
export interface StoredRecord {
  readonly json: string;
}

/** The quoted table. */
export function targetOf(model: ModelClass): string {
  return `${quoteIdentifier(dataSchema(model.workspace))}.${quoteIdentifier(model.definition.table)}`;
}

/** The row of a record's JSON: an alias that no field can have, for a name is taken for a column's first. */
const RECORD = '"Record"';

/** `row_to_json` of the fields of the row under the alias `t`, to stand ahead of `lateralRecord`. */
export const RECORD_JSON = `row_to_json(${RECORD})::text as record`;

/** A row of the fields as JSON shows them, over the alias `t`: a row of the table, or one with its lists. */
function lateralRecord(fields: Iterable<ModelField>, valueSql: (field: ModelField) => string): string {
  const parts = [...fields].map(
    (field) => `${field.spec.jsonExpression(valueSql(field))} as ${quoteIdentifier(field.name)}`,
  );
  return `cross join lateral (select ${parts.join(', ')}) as ${RECORD}`;
}

const columnOf = (field: ModelField) => `t.${field.column}`;
/** The value of a field in a row of the table. */
export const storedValue =
  (model: ModelClass, alias = 't') =>
  (field: ModelField) =>
    isList(field) ? linksOf(model, field, alias) : `${alias}.${field.column}`;

/** The records of a model's table, as `stored` reads them, behind further columns. */
export function selectStored(model: ModelClass, ...columns: readonly string[]): string {
  return `
    select ${[...columns, RECORD_JSON].join(', ')}
    from ${targetOf(model)} as t
    ${lateralRecord(model.fields.values(), storedValue(model))}`;
}

/** The same of the clause `written`, whose rows hold their lists: the tables do not show yet what was written. */
export function selectWritten(model: ModelClass): string {
  return `
    select ${RECORD_JSON}
    from written as t
    ${lateralRecord(model.fields.values(), columnOf)}`;
}

/** Reads a row of `selectStored` or `selectWritten`. */
export function stored(row: Row | undefined): StoredRecord | null {
  const json = row?.['record'];
  return json ? { json } : null;
}

/** The moment of a record's last write, which grows with each. Unescaped quotes stand around names alone. */
export function revisionOf({ json }: StoredRecord): string {
  return /"updated_at":"([^"]*)"/.exec(json)?.[1] ?? '';
}

/**
 * Every field of the row `t`, for `returning`; `list` is the SQL of a list of references. Never `*`, which breaks
 * prepared plans when a column is added.
 */
export function allFields(model: ModelClass, list: (field: ListField) => string): string {
  return [...model.fields.values()]
    .map((field) => (isList(field) ? `${list(field)} as ${field.column}` : columnOf(field)))
    .join(', ');
}

/** The type of the key, for casts of parameters. */
export function keyType(model: ModelClass): string {
  return model.definition.key;
}

/** The fence of a write: its statement fails unless this version is the current one. Takes $1 and $2. */
export const FENCE = 'remodel.assert_current($1, $2::integer)';

/** The parameters of `FENCE`. */
export function fenceOf(model: ModelClass): readonly [string, string] {
  return [model.definition.id, String(model.version)];
}

/** The fence of another model that a statement depends on. */
export function fenceSql({ definition, version }: ModelClass, parameters: Parameters): string {
  return `remodel.assert_current(${parameters.add(definition.id, 'text')}, ${parameters.add(String(version), 'integer')})`;
}

/** The SQL text of a shape: made once per class. */
export function textOf(model: ModelClass, shape: string, make: () => string): string {
  const known = model.texts.get(shape);
  if (known !== undefined) return known;
  const text = make();
  // Shapes come from clients: what one sends too many of is made anew rather than kept.
  if (model.texts.size >= MAX_SHAPES) model.texts.clear();
  model.texts.set(shape, text);
  return text;
}

/** Runs the statement of a shape. */
export function runShape(
  database: Database,
  model: ModelClass,
  shape: string,
  text: () => string,
  params: readonly (string | null)[],
): Promise<readonly Row[]> {
  return database.query({ text: textOf(model, shape, text), params });
}

const MAX_SHAPES = 100;
