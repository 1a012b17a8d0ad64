/** How a backfill goes on: the keys of its next batch, and how long it waits before it. */
export interface Pace {
  readonly size: number;
  readonly pauseMs: number;
  /** The part of the pause that is for replicas; doubles while they stay behind. */
  readonly replicaPauseMs: number;
}

/** Whoever writes a row of a batch waits for its end: well below what anybody would notice. */
const TARGET_MS = 30;
const MIN_SIZE = 50;
const MAX_SIZE = 20_000;
const FIRST_REPLICA_PAUSE_MS = 500;
const MAX_REPLICA_PAUSE_MS = 8000;

export const FIRST_PACE: Pace = { size: 1000, pauseMs: 0, replicaPauseMs: 0 };

/**
 * Batches come to take about 30 ms, by the time of their one statement. One that took twice that, although the
 * one before promised less, met others at work: as long as it took is left to them. Replicas that are behind get
 * longer and longer pauses, but never stop the backfill, for they may be behind for another reason.
 */
export function nextPace(
  pace: Pace,
  batch: { readonly tookMs: number; readonly isReplicaBehind: boolean },
): Pace {
  const { tookMs, isReplicaBehind } = batch;
  const factor = Math.min(2, Math.max(0.25, TARGET_MS / Math.max(tookMs, 1)));
  const replicaPauseMs = isReplicaBehind
    ? Math.min(MAX_REPLICA_PAUSE_MS, Math.max(FIRST_REPLICA_PAUSE_MS, pace.replicaPauseMs * 2))
    : 0;
  const loadPauseMs = tookMs > 2 * TARGET_MS ? tookMs : 0;
  return {
    size: Math.trunc(Math.min(MAX_SIZE, Math.max(MIN_SIZE, pace.size * factor))),
    pauseMs: Math.max(loadPauseMs, replicaPauseMs),
    replicaPauseMs,
  };
}
