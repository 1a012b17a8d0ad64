import type { DirectKind, StepBase } from '../plan/steps/step-kind.ts';
import { kindOf, type Step, tablesOfStep } from '../plan/steps.ts';
import { plain } from '../statement.ts';
import { type Run, SliceEnded } from './migrator.ts';
import { runBatches } from './run-batches.ts';
import { runLongStatement } from './run-long-statement.ts';
import { type RecordedStep, stepDelayed, stepDone, stepStarted, stepUndone } from './step-records.ts';
import { commit, type Ddl, isTransient, LockNotAvailable } from './transaction.ts';

const POLL_MS = 200;

/** Brings one step to its end, from wherever an earlier runner left it. Publishing is not done here. */
export async function runStep(run: Run, changeId: string, recorded: RecordedStep): Promise<void> {
  const { telemetry, now } = run.migrator;
  const began = now();
  let outcome: 'done' | 'interrupted' = 'interrupted';
  try {
    await bringToEnd(run, changeId, recorded);
    outcome = 'done';
  } finally {
    const { workspace } = run;
    const seconds = (now() - began) / 1000;
    telemetry.note({ kind: 'step', workspace, change: changeId, step: recorded.step.kind, seconds, outcome });
  }
}

async function bringToEnd(run: Run, changeId: string, recorded: RecordedStep): Promise<void> {
  const { step, n } = recorded;
  const kind = kindOf<Step>(step);
  switch (kind.mode) {
    case 'transaction':
      await runTransaction(run, changeId, recorded, {
        tables: tablesOfStep(step),
        statements: kind.run(step),
      });
      return;
    case 'direct':
      await commit(run, changeId, [stepStarted(changeId, n)]);
      await runDirect(run, changeId, kind, step);
      await commit(run, changeId, [stepDone(changeId, n)]);
      return;
    case 'batches':
      await commit(run, changeId, [stepStarted(changeId, n)]);
      await runBatches(run, changeId, kind, recorded);
      await commit(run, changeId, [stepDone(changeId, n)]);
      return;
    case 'publish':
      throw new TypeError('publishing is a transaction of its own');
  }
}

async function runTransaction(
  run: Run,
  changeId: string,
  { n, step }: RecordedStep,
  ddl: Ddl,
): Promise<void> {
  try {
    await commit(run, changeId, [stepDone(changeId, n)], ddl);
  } catch (error) {
    if (!(error instanceof LockNotAvailable)) throw error;
    const detail = `another transaction holds ${step.target.table} for long; this is tried again until it ends`;
    await commit(run, changeId, [stepDelayed(changeId, n, { code: 'lock_not_available', detail })]);
    throw error;
  }
}

async function runDirect<S extends StepBase>(
  run: Run,
  changeId: string,
  kind: DirectKind<S>,
  step: S,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    const next = kind.next(step, await run.session.query(kind.probe(step)));
    if (next.kind === 'done') return;
    if (next.kind === 'wait') {
      if (run.migrator.now() > run.deadline) throw new SliceEnded(1);
      await run.migrator.sleep(POLL_MS);
      continue;
    }
    if (tries > 3) throw new Error(`${step.kind} on ${step.target.table} ends, but is not there`);
    try {
      for (const text of next.sql) await runLongStatement(run, changeId, text);
    } catch (error) {
      // A deadlock, or somebody's cancellation: what is left of it is seen by the next look.
      if (!isTransient(error)) throw error;
      if (run.migrator.now() > run.deadline) throw new SliceEnded(1);
      await run.migrator.sleep(POLL_MS);
    }
  }
}

/** Takes back what a step did, whether or not it came to its end. May be repeated. */
export async function undoStep(run: Run, changeId: string, recorded: RecordedStep): Promise<void> {
  const { step, n } = recorded;
  await undoDirect(run, step);
  const kind = kindOf<Step>(step);
  const texts = kind.mode === 'transaction' ? (kind.undo?.(step) ?? []) : [];
  await commit(run, changeId, [stepUndone(changeId, n)], { tables: tablesOfStep(step), statements: texts });
}

/** Whether a step can be taken back; what has no way back is done for good. */
export function isUndoable(step: Step): boolean {
  const kind = kindOf<Step>(step);
  return 'undo' in kind && kind.undo !== undefined;
}

/** What a step did outside of a transaction: an index that is INVALID, say. May be repeated. */
export async function undoDirect(run: Run, step: Step): Promise<void> {
  const kind = kindOf<Step>(step);
  if (kind.mode !== 'direct') return;
  for (const text of kind.undo?.(step) ?? []) await run.session.query(plain(text));
}
