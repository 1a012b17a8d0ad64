import { number, textOrNull } from '../catalog/columns.ts';
import type { BatchKind, DirectKind, StepBase } from '../plan/steps/step-kind.ts';
import { kindOf, type Step } from '../plan/steps.ts';
import { plain } from '../statement.ts';
import { type Run, SliceEnded } from './migrator.ts';
import { batchEnded, type RecordedStep, stepEnded, stepStarted } from './step-records.ts';
import { commit, fencedTransaction } from './transaction.ts';

const POLL_MS = 200;
const BATCH_TARGET_MS = 100;
const FIRST_BATCH = 1000;
const MAX_BATCH = 20_000;
const MIN_BATCH = 50;

/** Brings one step to its end, from wherever an earlier runner left it. Publishing is not done here. */
export async function runStep(run: Run, changeId: string, recorded: RecordedStep): Promise<void> {
  const { step, n } = recorded;
  const kind = kindOf(step);
  switch (kind.mode) {
    case 'transaction':
      await commit(run, changeId, [...kind.run(step).map(plain), stepEnded(changeId, n, 'done')]);
      return;
    case 'direct':
      await commit(run, changeId, [stepStarted(changeId, n)]);
      await runDirect(run, kind, step);
      await commit(run, changeId, [stepEnded(changeId, n, 'done')]);
      return;
    case 'batches':
      await commit(run, changeId, [stepStarted(changeId, n)]);
      await runBatches(run, changeId, kind, step, recorded);
      await commit(run, changeId, [stepEnded(changeId, n, 'done')]);
      return;
    case 'publish':
      throw new TypeError('publishing is a transaction of its own');
  }
}

async function runDirect<S extends StepBase>(run: Run, kind: DirectKind<S>, step: S): Promise<void> {
  for (let tries = 0; ; tries++) {
    const next = kind.next(step, await run.session.query(kind.probe(step)));
    if (next.kind === 'done') return;
    if (next.kind === 'wait') {
      if (run.migrator.now() > run.deadline) throw new SliceEnded(1);
      await run.migrator.sleep(POLL_MS);
      continue;
    }
    if (tries > 3) throw new Error(`${step.kind} on ${step.target.table} ends, but is not there`);
    for (const text of next.sql) await run.session.query(plain(text));
  }
}

async function runBatches<S extends StepBase>(
  run: Run,
  changeId: string,
  kind: BatchKind<S>,
  step: S,
  recorded: RecordedStep,
): Promise<void> {
  let { cursor } = recorded;
  let size = FIRST_BATCH;
  for (;;) {
    const began = performance.now();
    const rows = await runBatch(run, changeId, kind, step, recorded.n, cursor, size);
    // Only a pass that started at the first key and found nothing shows that nothing is left.
    if (rows.count === 0 && cursor === null) return;
    cursor = rows.cursor;
    const took = Math.max(performance.now() - began, 1);
    size = Math.trunc(Math.min(MAX_BATCH, Math.max(MIN_BATCH, (size * BATCH_TARGET_MS) / took)));
    if (run.migrator.now() > run.deadline) throw new SliceEnded(0);
  }
}

/** The rows and the cursor that they led to commit together (invariant 7). */
async function runBatch<S extends StepBase>(
  run: Run,
  changeId: string,
  kind: BatchKind<S>,
  step: S,
  n: number,
  cursor: string | null,
  size: number,
): Promise<{ readonly cursor: string | null; readonly count: number }> {
  return fencedTransaction(run, changeId, async (database) => {
    const [row] = await database.query(kind.batch(step, cursor, size));
    const batch = { cursor: textOrNull(row, 'cursor'), count: number(row, 'rows') };
    await database.query(batchEnded(changeId, n, batch.cursor, batch.count));
    return batch;
  });
}

/** Takes back what a step did, whether or not it came to its end. May be repeated. */
export async function undoStep(run: Run, changeId: string, recorded: RecordedStep): Promise<void> {
  const { step, n } = recorded;
  const kind = kindOf<Step>(step);
  const texts = 'undo' in kind && kind.undo ? kind.undo(step) : [];
  const ended = stepEnded(changeId, n, 'undone');
  if (kind.mode === 'direct') {
    for (const text of texts) await run.session.query(plain(text));
    await commit(run, changeId, [ended]);
  } else {
    await commit(run, changeId, [...texts.map(plain), ended]);
  }
}
