import type { KeyType, Moment } from '../../definition/definition.ts';
import type { FieldInput, ModelIndexInput } from '../../definition/definition-input.ts';
import type { FoundTable } from '../../definition/found-table.ts';

/** Something of a table that a definition does not say. It stays as it is in Postgres. */
export interface Unmapped {
  readonly table: string;
  readonly part: 'table' | 'column' | 'default' | 'index' | 'constraint' | 'trigger';
  readonly name: string;
  readonly reason: string;
}

/** A field of a table that is to be adopted: what a client would write of it, and what is there already. */
export interface AdoptedField {
  readonly input: FieldInput;
  readonly column: string;
  readonly storedAs?: string;
  readonly postgis?: true;
  /** The constraint that holds each of its limits; null where its type does. */
  readonly limits: ReadonlyMap<Limit, string | null>;
  readonly foreignKey?: string;
}

/** An index over fields, by their names, and what it is called. */
export interface AdoptedIndex {
  readonly name: string;
  readonly input: ModelIndexInput;
}

/** A table as a model: what its definition says, and what of it is there under other names. */
export interface AdoptedTable {
  readonly found: FoundTable;
  readonly name: string;
  readonly key: KeyType;
  readonly keyColumn: string;
  readonly fields: readonly AdoptedField[];
  readonly indexes: readonly AdoptedIndex[];
  readonly moments: readonly Moment[];
  readonly others: readonly string[];
  readonly unmapped: readonly Unmapped[];
}

/** The model that a foreign key leads to: by the table that it refers to; undefined where that is none. */
export type ModelOfTable = (schema: string, table: string) => ReferredModel | undefined;

export interface ReferredModel {
  readonly name: string;
  readonly keyColumn: string;
}

/** Properties that a constraint, or a type, holds. */
export type Limit = 'min' | 'max' | 'minLength' | 'maxLength' | 'pattern' | 'options';

/** Notes what a definition does not say. */
export type Leave = (part: Unmapped['part'], name: string, reason: string) => void;
