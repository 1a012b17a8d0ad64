import type { FoundTable } from '../../definition/found-table.ts';

/** What Postgres was found to hold of a model. */
export interface FoundModel {
  /** By its id. */
  readonly modelId: string;
  readonly name: string;
  /** What stands where its table is to be; null where nothing does. */
  readonly table: FoundTable | null;
  /** What stands where its view is to be; null where nothing does. */
  readonly view: FoundTable | null;
  /** Whether models get views at all: the schema of that name may be somebody else's. */
  readonly hasViews: boolean;
  /** Those of its join tables that are there. */
  readonly links: readonly string[];
  /** What is made of its table, and of its view; undefined where they are not there. */
  readonly madeTable?: Made;
  readonly madeView?: Made;
  /** Its join tables. */
  readonly joins?: readonly FoundJoin[];
}

export interface FoundJoin {
  readonly table: FoundTable;
  readonly made: Made;
}

/** What somebody may have made of a relation of ours. */
export interface Made {
  /** Who owns it, where the migrator may not act as its owner; else null. */
  readonly strangeOwner: string | null;
  /** What a view selects, where it was written after its comment was; else null. */
  readonly rewritten: string | null;
  readonly triggers: readonly MadeTrigger[];
  /** The rights on a table that the edge does not have. */
  readonly lacking: readonly string[];
  /** Whether row level security is on. */
  readonly hidesRows: boolean;
  /** Indexes and constraints that stay although no definition says them. */
  readonly kept: readonly string[];
}

export interface MadeTrigger {
  readonly name: string;
  /** When it fires, in the bits of `pg_trigger.tgtype`. */
  readonly type: number;
  /** Whether it fires at all. */
  readonly fires: boolean;
  /** Its function, with the schema, what that does, and what it is given, in the escape format of `bytea`. */
  readonly function: string;
  readonly source: string;
  readonly arguments: string;
}
