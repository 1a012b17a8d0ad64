import {
  integer,
  type PgColumnBuilderBase,
  type PgTable,
  pgSchema,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

/** A table by its quoted, qualified name. */
export type Table = string;

/** One row of the bench: what Remodel is asked for, and what one would otherwise do to such a table. */
export interface MigrationOperation {
  readonly name: string;
  /** Fields of the model besides `title` and `counter`, as a client writes them. */
  readonly fields?: readonly object[];
  readonly indexes?: readonly object[];
  /** SQL of the value of each of those in row `n`; without it the field is null. */
  readonly values?: Readonly<Record<string, string>>;
  /** A change of the model that is made ahead of the one that is measured. */
  readonly first?: (model: string) => object;
  /** The body of the change, of a model of this name. */
  readonly change: (model: string) => object;
  /** What the table of the naive way has besides its columns and its key. */
  readonly prepared?: (table: Table) => readonly string[];
  /** The statements that one would send without a tool. */
  readonly naive: (table: Table) => readonly string[];
  /** The same for drizzle-kit push: the schema before and after. Absent where it knows no such thing. */
  readonly pushed?: readonly [before: Schema, after: Schema];
  /** Those who read and write the model meanwhile do so by its readable view. */
  readonly byView?: true;
  /** What has to be known to read the figures. */
  readonly note?: string;
}

export type Schema = Readonly<Record<string, PgTable>>;

/** What the tables of drizzle-kit lie in. */
export const pushSchema = pgSchema('pushed');

/** A model that others refer to. */
export const KIND = 'kind';

const BASE = {
  id: uuid().primaryKey(),
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  title: text().notNull(),
  counter: integer(),
};

/** The table that every operation works on, with more columns. */
export function pushedTable<C extends Record<string, PgColumnBuilderBase>>(columns: C) {
  return pushSchema.table('item', { ...BASE, ...columns });
}

export { BASE as PUSHED_COLUMNS };
