import { median } from '../median.ts';
import type { Report } from '../report.ts';
import type { Disturbance, Measured, Pushed } from './measure.ts';
import type { MigrationOperation } from './operation.ts';

/** The longest that a statement may be kept waiting, besides its own time. */
export const GOAL_MS = 50;

/** All operations, each by its runs: figures are medians of them. */
export function reportOperations(
  measured: readonly (readonly Measured[])[],
  operations: readonly MigrationOperation[],
  rows: number,
): Report {
  const notes = operations.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}.`]));
  return {
    title: `1. Every operation on ${rows} rows, with 50 reads and 50 updates a second`,
    columns: [
      'operation',
      'block ms',
      'lock ms',
      'noise ms',
      'total s',
      'rows/s',
      'failed',
      'naive: block ms',
      'total s',
      'failed',
      'push: block ms',
      'total s',
    ],
    rows: measured.map(rowOf),
    notes: [
      `block: the slowest statement of the load, less the median of its kind before the change; goal: below ${GOAL_MS}.`,
      'lock: the longest that one was seen waiting for a lock. noise: the block of the time before, with no change at all.',
      'total: from the request to the end of all, clean-up included; grace is zero. Operations over the goal ran three',
      'times, and medians are shown. push: what drizzle-kit push would run; "=" is the naive statement, "asks" one that',
      'it asks about first, "empties" what it would do after emptying the table, "fails" one that Postgres refuses.',
      ...notes,
    ],
    figures: measured,
  };
}

function rowOf(runs: readonly Measured[]): string[] {
  const [first] = runs;
  const name = runs.length > 1 ? `${first?.operation} (${runs.length} runs)` : (first?.operation ?? '');
  const remodel = runs.flatMap((run) => run.remodel ?? []);
  const naive = runs.flatMap((run) => run.naive ?? []);
  if (remodel.length === 0) return [name, 'not supported', ...Array.from({ length: 10 }, () => '')];
  const rates = remodel.flatMap(({ rowsPerSecond }) => rowsPerSecond ?? []);
  return [
    name,
    of(remodel, ({ longestBlock }) => longestBlock).toFixed(0),
    of(remodel, ({ longestLockWait }) => longestLockWait).toFixed(0),
    of(remodel, ({ noise }) => noise).toFixed(0),
    of(remodel, ({ seconds }) => seconds).toFixed(2),
    rates.length === 0 ? '' : median(rates).toFixed(0),
    failuresOf(remodel),
    of(naive, ({ longestBlock }) => longestBlock).toFixed(0),
    of(naive, ({ seconds }) => seconds).toFixed(2),
    failuresOf(naive),
    ...pushedCells(runs.map(({ pushed }) => pushed)),
  ];
}

function of<T>(runs: readonly T[], figure: (run: T) => number): number {
  return median(runs.map(figure));
}

function failuresOf(runs: readonly Disturbance[]): string {
  const counts = runs.map(({ failures }) => Object.values(failures).reduce((sum, count) => sum + count, 0));
  const most = Math.max(...counts);
  return most === 0 ? '' : String(most);
}

function pushedCells(runs: readonly Pushed[]): [string, string] {
  const [first] = runs;
  if (!first || first.kind === 'none') return ['', ''];
  if (first.kind !== 'measured') return [first.kind === 'naive' ? '=' : first.kind, ''];
  const measured = runs.filter((run) => run.kind === 'measured');
  const empties = first.statements.some((text) => /^truncate/i.test(text));
  const hint = empties ? ' empties' : first.asks ? ' asks' : '';
  return [
    `${of(measured, ({ longestBlock }) => longestBlock).toFixed(0)}${hint}`,
    of(measured, ({ seconds }) => seconds).toFixed(2),
  ];
}
