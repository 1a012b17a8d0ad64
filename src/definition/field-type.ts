import type { GenericSchema } from 'valibot';
import type { Finding } from '../failure.ts';
import type { Field, FieldType } from './definition.ts';
import type { FieldInput } from './definition-input.ts';
import type { Extension } from './extensions.ts';
import type { CsvCell } from './values/csv-cell.ts';
import type { Refusal } from './values/reading.ts';

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
  | '_between'
  | '_near'
  | '_within';

/** Operators that mean the same to every type that takes them, unless it says otherwise. */
export type CommonOperator = Exclude<Operator, '_near' | '_within'>;

/** An index method, and the operator class where it is not the default. */
export interface OwnIndex {
  readonly method: 'gin' | 'gist' | 'hnsw';
  readonly operators?: string;
}

/** What an operator means to one type alone, or otherwise than to others. */
export interface OwnOperator {
  /** Of the operand as a JSON value. */
  readonly operandSchema: JsonSchema;
  /** Of the operand as TypeScript; `unknown` where it is left out. */
  readonly operandTypescript?: string;
  /** Its operands, the parameters of `sql` in their order, from a JSON value or, where `isText`, from the text of a query string. */
  read(value: unknown, isText: boolean): readonly string[] | Refusal;
  /** A condition on the SQL of a value; `add` answers what stands for an operand: asked once for each, in order. */
  sql(
    value: string,
    operands: readonly string[],
    add: (operand: string, type: string) => string,
    columnType: string,
  ): string;
}

/** How near values are to one that is given, for an order of what is nearest first. */
export interface Nearness {
  /** The given value as text for Postgres, from the text of a query string. */
  read(text: string, field: Field): string | Refusal;
  operandType(field: Field): string;
  /** A `float8` of the SQL of a value and of the given one; null of null. */
  sql(value: string, operand: string): string;
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
  readonly ownOperators?: Readonly<Partial<Record<Operator, OwnOperator>>>;
  readonly nearness?: Nearness;
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
