/** A relation as Postgres describes it: what introspection shows, adoption reads, and drift compares. */
export interface FoundTable {
  /** Its number in Postgres: a table that is made again under the same name has another. */
  readonly id: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view' | 'materializedView' | 'partitionedTable' | 'foreignTable';
  readonly comment: string | null;
  /** The model of the workspace that it belongs to: as its table, as a join table of one of its lists, or as its view. */
  readonly model: string | null;
  /** By what Postgres knew when it last looked; null where it never did. */
  readonly estimatedRows: number | null;
  /** Of the table with its indexes. */
  readonly bytes: number;
  readonly columns: readonly FoundColumn[];
  readonly indexes: readonly FoundIndex[];
  readonly constraints: readonly FoundConstraint[];
  /** Triggers by name, but for those of constraints. */
  readonly triggers: readonly string[];
}

export interface FoundColumn {
  readonly name: string;
  /** As Postgres writes it, `character varying(20)`: of a domain, its name. */
  readonly type: string;
  /** What a domain is made of; else the same as `type`. */
  readonly baseType: string;
  /** The values of an enum, in their order; null for other types. */
  readonly values: readonly string[] | null;
  readonly nullable: boolean;
  /** SQL of the default, or null. */
  readonly default: string | null;
  readonly identity: 'always' | 'byDefault' | null;
  /** Whether Postgres works its values out from other columns. */
  readonly generated: boolean;
  readonly comment: string | null;
}

export interface FoundIndex {
  readonly name: string;
  readonly unique: boolean;
  readonly primary: boolean;
  /** Whether Postgres uses it, and enforces it where it is unique. */
  readonly valid: boolean;
  readonly method: string;
  /** Its columns in their order, `-` ahead of one that descends; null where it is over anything else. */
  readonly columns: readonly string[] | null;
  /** As SQL. */
  readonly definition: string;
}

export interface FoundConstraint {
  readonly name: string;
  readonly kind: 'primaryKey' | 'unique' | 'check' | 'foreignKey' | 'exclusion';
  readonly columns: readonly string[];
  readonly deferrable: boolean;
  /** Whether all rows were found to obey it. */
  readonly validated: boolean;
  /** As SQL. */
  readonly definition: string;
  /** Of a foreign key. */
  readonly references: {
    readonly schema: string;
    readonly table: string;
    readonly columns: readonly string[];
    readonly onDelete: 'noAction' | 'restrict' | 'cascade' | 'setNull' | 'setDefault';
  } | null;
}
