import { number, text, textOrNull } from '../catalog/columns.ts';
import type { BatchKind } from '../plan/steps/step-kind.ts';
import type { Step } from '../plan/steps.ts';
import { type Run, SliceEnded } from './migrator.ts';
import { FIRST_PACE, nextPace } from './pace.ts';
import { type BatchRecord, batchEnded, type RecordedStep } from './step-records.ts';
import { fencedTransaction } from './transaction.ts';

/** Passes over a table, batch by batch, until one has changed nothing. Goes on where an earlier runner stopped. */
export async function runBatches(
  run: Run,
  changeId: string,
  kind: BatchKind<Step>,
  recorded: RecordedStep,
): Promise<void> {
  let record: BatchRecord = recorded;
  let pace = FIRST_PACE;
  for (;;) {
    const batch = await runBatch(run, changeId, kind, recorded, record, pace.size);
    const rows = batch.record.rows - record.rows;
    run.migrator.telemetry.note({
      kind: 'batch',
      step: recorded.step.kind,
      rows,
      seconds: batch.tookMs / 1000,
    });
    if (batch.isLast) return;
    record = batch.record;
    pace = nextPace(pace, batch);
    if (run.migrator.now() > run.deadline) throw new SliceEnded(0);
    if (pace.pauseMs > 0) await run.migrator.sleep(pace.pauseMs);
  }
}

interface Batch {
  readonly record: BatchRecord;
  readonly isLast: boolean;
  /** Of the statement that locks and changes the rows. */
  readonly tookMs: number;
  readonly isReplicaBehind: boolean;
}

/** The rows and the cursor that they led to commit together (invariant 7). */
async function runBatch(
  run: Run,
  changeId: string,
  kind: BatchKind<Step>,
  { step, n }: RecordedStep,
  before: BatchRecord,
  size: number,
): Promise<Batch> {
  let tries = 0;
  return fencedTransaction(run, changeId, async (database) => {
    // What could not be done in time is tried with less.
    const share = Math.max(1, size / 2 ** tries);
    tries += 1;
    const began = performance.now();
    const [row] = await database.query(kind.batch(step, before.cursor, share));
    const tookMs = performance.now() - began;
    const cursor = textOrNull(row, 'cursor');
    const rows = before.rows + number(row, 'rows');
    const record = { cursor, rows, passRows: cursor === null ? rows : before.passRows };
    const [saved] = await database.query(batchEnded(changeId, n, record));
    return {
      record,
      tookMs,
      isLast: cursor === null && rows === before.passRows,
      isReplicaBehind: text(saved, 'behind') === 'true',
    };
  });
}
