/**
 * What a model is. A definition is immutable data: everything that decides the model class or its table, and
 * nothing else. Plans, versions and hashes are kept outside it.
 */

export type FieldType =
  | 'text'
  | 'integer'
  | 'bigint'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'interval'
  | 'uuid'
  | 'json'
  | 'choice'
  | 'choices'
  | 'email'
  | 'url'
  | 'reference'
  | 'references'
  | 'point'
  | 'vector';

/** The type of a model's `id`: `uuid` is v7, `bigint` an identity, `text` is supplied by the client. */
export type KeyType = 'uuid' | 'bigint' | 'text';

/** What the database does with a record, or with a link, when the record that it refers to is deleted. */
export type OnDelete = 'restrict' | 'setNull' | 'cascade';

/** A constant in its JSON form, or a function that is evaluated at each create. */
export type Default = string | number | boolean | null | JsonContainer | { readonly fn: 'now' | 'uuid' };

type JsonContainer = readonly unknown[] | { readonly [key: string]: unknown };

/** One field. `column` never changes from birth to purge; a rename changes `name` only. */
export interface Field {
  /** Stable over renames. */
  readonly id: string;
  readonly name: string;
  /** Physical column, in the model's table; of `references` the join table beside it. */
  readonly column: string;
  readonly type: FieldType;
  readonly label?: string;
  readonly help?: string;
  readonly required?: true;
  readonly unique?: true;
  readonly index?: true;
  readonly default?: Default;
  /** Bounds: a JSON number, a decimal string for `bigint` and `decimal`, a duration for `interval`. */
  readonly min?: number | string;
  readonly max?: number | string;
  /** Lengths count Unicode code points, as Postgres' `char_length` does; of `choices`, options. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression that means the same in JavaScript and in Postgres. */
  readonly pattern?: string;
  /** `decimal` only. */
  readonly precision?: number;
  readonly scale?: number;
  /** `vector` only: how many numbers it has. */
  readonly dimensions?: number;
  /** `choice` and `choices` only. */
  readonly options?: readonly string[];
  /** Of references: the id (not the name) of the model that is referred to, stable over its renames. */
  readonly to?: string;
  /** Of references: the key type of the model that is referred to, which decides the column's type. */
  readonly toKey?: KeyType;
  readonly onDelete?: OnDelete;
  /** `point` only: its column is of a type of PostGIS, for the database had it when the field was made. */
  readonly postgis?: true;
  /**
   * Of a computed field: what its values are worked out by, with the ids of other fields in braces. The type is
   * that of the values: to everything that only reads, a computed field is a field like any other.
   */
  readonly expression?: string;
  /** Of an adopted table: the column's type in Postgres, where it is not the one that the field's type would get. */
  readonly storedAs?: string;
  /** Of an adopted table: what its constraints of this field are called. */
  readonly names?: AdoptedNames;
}

/**
 * Names that things of an adopted table bear, by those that they would have been given here. Null where the column's
 * own type holds what a constraint would.
 */
export type AdoptedNames = Readonly<Record<string, string | null>>;

/** What of a model's table is otherwise, because the table was there before the model. */
export interface Adopted {
  readonly schema: string;
  /** Those of the system's moments that it has columns for. */
  readonly moments: readonly Moment[];
  /** Columns that no field shows. */
  readonly others: readonly string[];
  /** What its indexes are called. */
  readonly names: AdoptedNames;
}

export type Moment = 'created_at' | 'updated_at';

/** An index over several fields, or one that is named here rather than by `index`/`unique` on a field. */
export interface ModelIndex {
  /** Field ids, in order; a leading `-` means descending. */
  readonly fields: readonly string[];
  readonly unique?: true;
  /** An index for words in the texts of the fields; without it, one for values and their order. */
  readonly kind?: IndexKind;
  /** The records that it is over: a filter of constants, with field ids in the place of names. */
  readonly where?: IndexCondition;
}

export type IndexKind = 'fullText';

/** The JSON form of a filter over the model's own fields: `{"rating": {"_in": ["G", "PG"]}}`. */
export type IndexCondition = Readonly<Record<string, unknown>>;

export interface Definition {
  /** Stable over renames; unique in all workspaces. */
  readonly id: string;
  readonly name: string;
  readonly label?: string;
  readonly key: KeyType;
  /** Physical column of the key, where it is no longer the `id` that the table was made with. */
  readonly keyColumn?: string;
  /** Physical table, in the workspace's data schema or, of one that was adopted, where it is. */
  readonly table: string;
  readonly adopted?: Adopted;
  readonly fields: readonly Field[];
  readonly indexes: readonly ModelIndex[];
}

/** The ids of the models that the fields of one refer to. */
export function modelsReferredTo(definition: Definition): readonly string[] {
  return [...new Set(definition.fields.flatMap((field) => field.to ?? []))];
}

/** The system's fields: `id`, and `created_at` and `updated_at` where its table was not adopted without them. */
export const SYSTEM_FIELDS = ['id', 'created_at', 'updated_at'] as const;

/** Names that no column of a field gets: those of the system's fields, and of what Postgres has in every table. */
export const RESERVED_COLUMNS = [
  ...SYSTEM_FIELDS,
  'ctid',
  'xmin',
  'xmax',
  'cmin',
  'cmax',
  'tableoid',
] as const;
