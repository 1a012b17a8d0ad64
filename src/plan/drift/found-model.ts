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
}
