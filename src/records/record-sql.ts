import { quoteIdentifier } from '../definition/identifiers.ts';
import { dataSchema } from '../definition/physical-names.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import type { Database, Row } from '../ports.ts';

/** The SQL fragments that every statement over records is made of. Each depends on the class alone. */

/** A record as its JSON text, which goes to the client as Postgres wrote it, and its revision. */
export interface StoredRecord {
  readonly json: string;
  /** Microseconds since the epoch of the last write: grows with each. */
  readonly revision: string;
}

/** The quoted table. */
export function targetOf(model: ModelClass): string {
  return `${quoteIdentifier(dataSchema(model.workspace))}.${quoteIdentifier(model.definition.table)}`;
}

/** `lateral (select …) as r`: a row whose `row_to_json` is the record, over the table's alias `t`. */
function jsonOf(fields: Iterable<ModelField>): string {
  const parts = [...fields].map(
    ({ spec, column, name }) => `${spec.jsonExpression(`t.${column}`)} as ${quoteIdentifier(name)}`,
  );
  return `lateral (select ${parts.join(', ')}) as r`;
}

/** The revision of the row under the alias `t`. */
const REVISION = '(extract(epoch from t.updated_at) * 1000000)::bigint::text';

/** What `stored` reads, over the alias `t`. */
export function recordColumns(model: ModelClass, from: string): string {
  return `
    select row_to_json(r)::text as record, ${REVISION} as revision
    from ${from} as t
    cross join ${jsonOf(model.fields.values())}`;
}

/** Reads a row of `recordColumns`. */
export function stored(row: Row | undefined): StoredRecord | null {
  const json = row?.['record'];
  const revision = row?.['revision'];
  return json && revision ? { json, revision } : null;
}

/** Every column, for `returning`: never `*`, which breaks prepared plans when a column is added. */
export function allColumns(model: ModelClass): string {
  return [...model.fields.values()].map((field) => field.column).join(', ');
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

/** Runs the statement of a shape; its text is made once per class. */
export function runShape(
  database: Database,
  model: ModelClass,
  shape: string,
  text: () => string,
  params: readonly (string | null)[],
): Promise<readonly Row[]> {
  let known = model.texts.get(shape);
  if (known === undefined) {
    known = text();
    // Shapes come from clients: what one sends too many of is made anew rather than kept.
    if (model.texts.size >= MAX_SHAPES) model.texts.clear();
    model.texts.set(shape, known);
  }
  return database.query({ text: known, params });
}

const MAX_SHAPES = 500;
