import type { GenericSchema } from 'valibot';
import type { Finding } from '../failure.ts';
import type { Field, FieldType } from './definition.ts';
import type { FieldInput } from './definition-input.ts';
import type { Extension } from './extensions.ts';
import type { CsvCell } from './values/csv-cell.ts';

/** The comparison operators of filters; each type says which of them it takes. */
export type Operator =
  | '_eq'
  | '_ne'
  | '_lt'
  | '_lte'
  | '_gt'
  | '_gte'
  | '_in'
  | '_nin'
  | '_contains'
  | '_icontains'
  | '_startsWith'
  | '_endsWith'
  | '_null'
  | '_between';

/** An index method, and the operator class where it is not the default. */
export interface OwnIndex {
  readonly method: 'gin' | 'gist' | 'hnsw';
  readonly operators?: string;
}

/** A JSON Schema 2020-12 fragment. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Everything that there is to know about one field type. Adding a type is one such file and a line in the list. */
export interface FieldTypeSpec {
  readonly type: FieldType;
  /** Definition properties that this type takes, besides those that every type takes. */
  readonly properties: readonly (keyof FieldInput)[];
  /** Properties that do not fit each other or the type, as findings below `path` (a JSON Pointer). */
  checkProperties(field: FieldInput, path: string): readonly Finding[];
  /** The Postgres type of the column, such as `numeric(14,2)`. */
  columnType(field: Field): string;
  /**
   * JSON value of a record → text parameter for Postgres. `bounds: true` enforces the field's own limits (min,
   * pattern, options …); false checks the type alone, as filters need it: of a list, that of one entry. Null is
   * handled by the caller.
   */
  validator(field: Field, bounds: boolean): GenericSchema<unknown, string>;
  /** Turns the text of a query parameter into the JSON value that `validator` takes. */
  fromText(text: string): unknown;
  readonly csv: CsvCell;
  /** SQL over a quoted column (perhaps qualified) whose `to_json` is the field's JSON form. */
  jsonExpression(column: string): string;
  /** SQL boolean expressions over the quoted column for the field's limits; null passes. Empty where none. */
  checks(field: Field, column: string): readonly string[];
  readonly operators: readonly Operator[];
  /** Its column is an array of texts: `_contains`, `_in` and `_nin` ask for elements, and order does not count. */
  readonly isList?: true;
  /**
   * How the column is indexed where a B-tree does not serve: such a field is indexed on its own, without order, and
   * cannot be unique.
   */
  readonly ownIndex?: OwnIndex;
  /** What the database must have for a column of the type. */
  readonly extension?: Extension;
  jsonSchema(field: Field): JsonSchema;
  /** The TypeScript type of the JSON form. */
  typescript(field: Field): string;
}
