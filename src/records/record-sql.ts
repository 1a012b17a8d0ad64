import { schemaOf } from '../definition/adopted.ts';
import { ownAlias, quoteIdentifier } from '../definition/identifiers.ts';
import { momentsOf } from '../definition/system-fields.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import type { Database, Row } from '../ports.ts';
import { isList, type ListField, linksOf } from './link-sql.ts';
import type { Parameters } from './parameters.ts';

/** The SQL fragments that every statement over records is made of. Each depends on the class alone. */

/** A record as its JSON text, which goes to the client as Postgres wrote it. */
export interface StoredRecord {
  readonly json: string;
  /** Of a record in an adopted table, where one statement read or wrote it alone. */
  readonly revision?: string;
}

/** A row's revision where nobody else keeps its moments: the transaction that wrote it. */
const WRITTEN_BY = 't.xmin::text';
const REVISION = ownAlias('revision');

/** Further columns for the revision of a row `t` of the table; none where `updated_at` is the revision. */
export function revisionColumns(model: ModelClass): readonly string[] {
  return model.definition.adopted ? [`${WRITTEN_BY} as ${REVISION}`] : [];
}

/** The quoted table. */
export function targetOf(model: ModelClass): string {
  const { workspace, definition } = model;
  return `${quoteIdentifier(schemaOf(workspace, definition))}.${quoteIdentifier(definition.table)}`;
}

/** The row of a record's JSON: an alias that no column has, for a name is taken for a column's first. */
export const RECORD = ownAlias('record');

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
    isList(field) ? linksOf(model, field, alias) : field.read(`${alias}.${field.column}`);

/** The records of a model's table, as `stored` reads them, behind further columns. */
export function selectStored(model: ModelClass, ...columns: readonly string[]): string {
  return `
    select ${[...columns, RECORD_JSON].join(', ')}
    from ${targetOf(model)} as t
    ${lateralRecord(model.fields.values(), storedValue(model))}`;
}

/** The columns of a record that was read or written by itself. */
function recordColumns(model: ModelClass, withRevision: boolean): string {
  return model.definition.adopted && withRevision ? `${RECORD_JSON}, t.${REVISION}` : RECORD_JSON;
}

/**
 * The same of the clause `written`, whose rows hold their lists: the tables do not show yet what was written. Of one
 * record, the clause has its revision as well.
 */
export function selectWritten(model: ModelClass, withRevision = false): string {
  return `
    select ${recordColumns(model, withRevision)}
    from written as t
    ${lateralRecord(model.fields.values(), (field) => field.read(columnOf(field)))}`;
}

/** Reads a row of `selectStored` or `selectWritten`. */
export function stored(row: Row | undefined): StoredRecord | null {
  const json = row?.['record'];
  if (!json) return null;
  const revision = row?.['remodel.revision'];
  return revision ? { json, revision } : { json };
}

/**
 * What tells one state of a record from others: the moment of its last write, which grows with each, or else who wrote
 * it; null where that was not asked. Unescaped quotes stand around names alone.
 */
export function revisionOf(model: ModelClass, { json, revision }: StoredRecord): string | null {
  if (model.definition.adopted) return revision ?? null;
  return /"updated_at":"([^"]*)"/.exec(json)?.[1] ?? '';
}

/** A condition on the row `t`: its revision is one of those in the parameter, an array, where that is given. */
export function isRevision(model: ModelClass, parameter: string): string {
  return model.definition.adopted
    ? `(${parameter}::text is null or ${WRITTEN_BY} = any (${parameter}::text[]))`
    : `(${parameter}::text is null or t.updated_at = any (${parameter}::timestamptz[]))`;
}

/** Strictly greater than before: a revision never stands for two states of a record. */
const REVISED = `updated_at = greatest(clock_timestamp(), t.updated_at + interval '1 microsecond')`;

/** The assignments of an update, with what makes it another revision. There is always one. */
export function assignments(model: ModelClass, sets: readonly string[]): string {
  if (momentsOf(model.definition).includes('updated_at')) return [...sets, REVISED].join(', ');
  return sets.length > 0 ? sets.join(', ') : `${model.keyColumn} = t.${model.keyColumn}`;
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

/** Whether a row that was written was not there before. */
export const IS_NEW = ownAlias('is_new');

/** The type of the key, for casts of parameters. */
export function keyType(model: ModelClass): string {
  return model.definition.key;
}

/** What every fence begins with. */
export const FENCE_NAME = 'remodel.assert_current(';

/** The fence of a write: its statement fails unless this version is the current one. Takes $1 and $2. */
export const FENCE = `${FENCE_NAME}$1, $2::integer)`;

/** The parameters of `FENCE`. */
export function fenceOf(model: ModelClass): readonly [string, string] {
  return [model.definition.id, String(model.version)];
}

/** The fence of another model that a statement depends on. */
export function fenceSql({ definition, version }: ModelClass, parameters: Parameters): string {
  return `${FENCE_NAME}${parameters.add(definition.id, 'text')}, ${parameters.add(String(version), 'integer')})`;
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
