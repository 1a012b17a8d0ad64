import type { FoundTable } from '../../definition/found-table.ts';

/** What Postgres was found to hold of what a request is to adopt. */
export interface FoundTables {
  /** Whose tables were looked for: of what was opened to the workspace, or of all. */
  readonly sight: 'open' | 'all';
  /** By name, those that are to be adopted. */
  readonly tables: readonly FoundTable[];
  /** The models that tables belong to already, by `schema.table`: of these, and of those that they refer to. */
  readonly models: Readonly<Record<string, string>>;
  /** Why tables must not become models, whatever they are made of, by `schema.table`. */
  readonly barred: Readonly<Record<string, string>>;
  /** What the edge's role may do with them already, by `schema.table`: `select`, `insert` … */
  readonly rights: Readonly<Record<string, readonly string[]>>;
}

export const NOTHING_FOUND: FoundTables = { sight: 'open', tables: [], models: {}, barred: {}, rights: {} };
