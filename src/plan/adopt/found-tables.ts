import type { FoundTable } from '../../definition/found-table.ts';

/** What Postgres was found to hold of what a request is to adopt. */
export interface FoundTables {
  /** By name, those that are to be adopted. */
  readonly tables: readonly FoundTable[];
  /** The models that tables belong to already, by `schema.table`: of these, and of those that they refer to. */
  readonly models: Readonly<Record<string, string>>;
}
