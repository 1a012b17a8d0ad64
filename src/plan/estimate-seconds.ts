import type { PhysicalIndex } from '../definition/model-indexes.ts';
import { quoteTable } from './steps/table-sql.ts';
import { kindOf, type Step } from './steps.ts';

/** How large a table is, as far as Postgres' own statistics know. */
export interface TableSize {
  readonly rows: number;
  readonly bytes: number;
}

/** Sizes of tables by their quoted names; what is not there yet is missing. */
export type EstimatedSizes = ReadonlyMap<string, TableSize>;

/** What a modest machine does in a second beside its traffic. `docs/plans.md` names these. */
const FILLED_ROWS = 50_000;
const FILLED_BYTES = 50_000_000;
const SCANNED_BYTES = 200_000_000;
/** Rows whose rule is looked at. */
const JUDGED_ROWS = 1_000_000;
/** Rows that an index takes in. */
const INDEXED_ROWS: Readonly<Record<PhysicalIndex['method'], number>> = {
  btree: 500_000,
  gin: 50_000,
  gist: 100_000,
  hnsw: 1000,
};

const NOTHING: TableSize = { rows: 0, bytes: 0 };

/** The size of the table that a step is about; nothing where that is made in the same change. */
export function sizeFor(step: Step, sizes: EstimatedSizes): TableSize {
  if (step.kind === 'createTable' || step.kind === 'createExtension' || step.kind === 'publish')
    return NOTHING;
  return sizes.get(quoteTable(step.target)) ?? NOTHING;
}

/**
 * How long a step takes, roughly: a guess from the size of its table, for people who choose when to run it. 0 where
 * no row is touched, whatever the size. It is no part of what a plan's hash names.
 */
export function estimateSeconds(step: Step, { rows, bytes }: TableSize): number {
  return Math.round(seconds(step, rows, bytes) * 10) / 10;
}

function seconds(step: Step, rows: number, bytes: number): number {
  const { mode } = kindOf(step);
  const scan = bytes / SCANNED_BYTES;
  if (mode === 'batches') return rows / FILLED_ROWS + bytes / FILLED_BYTES;
  // Postgres goes over a table twice where it builds an index beside the traffic.
  if (step.kind === 'createIndex') return 2 * scan + rows / INDEXED_ROWS[step.method];
  if (step.kind === 'validateConstraint') return scan + rows / JUDGED_ROWS;
  return 0;
}
