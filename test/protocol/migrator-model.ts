/**
 * The migrator as transitions: each function has the name of the one in `src/migrator/` that it stands for, and
 * each of its waits is one transaction, statement or command of that. `conformance.test.ts` replays schedules of
 * it against the real one. The sweep, and the writing of heads, are the real ones.
 */
import { canonicalJson } from '../../src/definition/canonical.ts';
import { hashDefinition } from '../../src/definition/hash.ts';
import { ContractPending, RunnerReplaced, SliceEnded } from '../../src/migrator/migrator.ts';
import { ChangeCancelled } from '../../src/migrator/transaction.ts';
import { writeHeads } from '../../src/migrator/write-heads.ts';
import { DatabaseError, HeadStoreError } from '../../src/ports.ts';
import { nextDefinition, planOf, type Step } from './changes.ts';
import { gross } from './definitions.ts';
import { GRACE, LOST_AFTER, MODEL, SLICE, WORKSPACE } from './rules.ts';
import { headOf, type Runner } from './runner.ts';
import type { Change } from './simulated-postgres.ts';

export async function runWorkspace(run: Runner): Promise<void> {
  await underLock(run, async () => {
    try {
      while (await runNext(run));
    } catch (error) {
      if (error instanceof RunnerReplaced) return;
      if (error instanceof SliceEnded)
        await run.world.queue.send({ workspace: WORKSPACE }, error.delaySeconds);
      else if (!(error instanceof ContractPending)) throw error;
    }
    await noteWhatIsDue(run);
  });
}

export async function abandonChange(run: Runner): Promise<void> {
  await underLock(run, async () => {
    const change = await claim(run, 'change');
    if (!change || change.committed) return;
    await runChange(run, change, change.error ?? 'migrator_failed');
  });
}

async function underLock(run: Runner, work: () => Promise<void>): Promise<void> {
  const { postgres, queue } = run.world;
  try {
    if (await run.sql('lockWorkspace', () => postgres.lock(run))) await work();
    else await queue.send({ workspace: WORKSPACE }, 1);
  } finally {
    run.isOpen = false;
  }
}

async function noteWhatIsDue(run: Runner): Promise<void> {
  const { postgres, now } = run.world;
  const times = await run.sql('noteWhatIsDue', () =>
    postgres.changes.flatMap(({ status, contractAt }) => {
      if (status === 'queued' || status === 'running') return [now() + LOST_AFTER * 1000];
      return status === 'published' && contractAt !== null ? [contractAt] : [];
    }),
  );
  try {
    await run.heads.unschedule(WORKSPACE);
    if (times.length > 0) await run.heads.schedule(WORKSPACE, Math.min(...times));
  } catch (error) {
    if (!(error instanceof HeadStoreError)) throw error;
  }
}

async function runNext(run: Runner): Promise<boolean> {
  const contract = await claim(run, 'contract');
  if (contract) {
    await runContract(run, contract);
    return true;
  }
  const change = await claim(run, 'change');
  if (!change) return false;
  await runChange(run, change, change.error);
  return true;
}

function claim(run: Runner, what: 'contract' | 'change'): Promise<Change | null> {
  const { postgres, now } = run.world;
  return run.sql(`claim ${what}`, () => {
    const next = postgres.changes.find(({ status, contractAt }) =>
      what === 'contract'
        ? status === 'published' && contractAt !== null && contractAt <= now()
        : status === 'queued' || status === 'running',
    );
    if (!next) return null;
    next.runner = run.id;
    if (next.status === 'queued') next.status = 'running';
    return next;
  });
}

async function runChange(run: Runner, change: Change, error: string | null): Promise<void> {
  if (change.committed) return announce(run, change);
  // As the claim answered it.
  const { cancelRequested } = change;
  try {
    if (error !== null) return await undoChange(run, change, error);
    if (cancelRequested) return await undoChange(run, change, null);
    if (!change.plan) await prepareChange(run, change);
    for (const step of await readSteps(run, change)) {
      if (step.status === 'done' || (step.phase !== 'expand' && step.phase !== 'backfill')) continue;
      await runStep(run, change, step);
      if (isOver(run)) throw new SliceEnded(0);
    }
    await publishChange(run, change);
  } catch (failure) {
    if (failure instanceof ChangeCancelled) return undoChange(run, change, null);
    if (!(failure instanceof DatabaseError)) throw failure;
    return undoChange(run, change, failure.sqlState);
  }
  await announce(run, change);
}

function isOver(run: Runner): boolean {
  return run.world.now() > run.began + SLICE * 1000;
}

async function prepareChange(run: Runner, change: Change): Promise<void> {
  const { postgres } = run.world;
  const base = await run.sql('readWorkspaceState', () => postgres.published.definition);
  const steps = planOf(change.kind, change.seq, base);
  if (await run.sql('waitForContracts', () => isContractPending(run, steps))) throw new ContractPending();
  const definition = nextDefinition(change.kind, change.seq, base);
  await run.fenced('prepareChange', change, () => {
    change.plan = { steps, definition };
  });
}

/** Invariant 5: a column whose contract is pending still serves the class before. */
function isContractPending(run: Runner, steps: readonly Step[]): boolean {
  const columns = steps.flatMap((step) => step.columns);
  return run.world.postgres.changes.some(
    ({ status, plan }) =>
      status === 'published' &&
      plan?.steps.some(
        (step) =>
          step.phase === 'contract' &&
          step.status !== 'done' &&
          step.columns.some((column) => columns.includes(column)),
      ),
  );
}

function readSteps(run: Runner, change: Change): Promise<readonly Step[]> {
  return run.sql('readSteps', () => change.plan?.steps ?? []);
}

async function runStep(run: Runner, change: Change, step: Step): Promise<void> {
  const { postgres, rules } = run.world;
  const at = `runStep ${step.phase}`;
  const ended = () => {
    step.status = 'done';
  };
  const started = () => {
    step.status = 'running';
  };
  switch (step.mode) {
    case 'transaction':
      if (rules.recordWithStep) {
        await run.fenced(
          at,
          change,
          () => {
            step.run(postgres);
            ended();
          },
          true,
        );
      } else {
        await run.fenced(at, change, () => step.run(postgres), true);
        await run.fenced('stepEnded', change, ended);
      }
      return;
    case 'direct':
      await run.fenced('stepStarted', change, started);
      while (!(await run.direct('runDirect', change, () => step.run(postgres))));
      await run.fenced('stepEnded', change, ended);
      return;
    case 'batches':
      await run.fenced('stepStarted', change, started);
      while (!(await run.fenced('runBatch', change, () => step.run(postgres)))) {
        if (isOver(run)) throw new SliceEnded(0);
      }
      await run.fenced('stepEnded', change, ended);
      return;
    case 'refused':
      await run.fenced(at, change, () => {
        throw new DatabaseError('two rows have the same value', { sqlState: '23505' });
      });
  }
}

async function publishChange(run: Runner, change: Change): Promise<void> {
  const { postgres, rules } = run.world;
  const { steps, definition } = await run.sql('readSteps', () => {
    if (!change.plan) throw new TypeError('it was planned');
    return change.plan;
  });
  if (!rules.headLast) {
    const hash = hashDefinition(definition);
    const { seq, version } = postgres.published;
    const head = headOf({ ...postgres.published, seq: seq + 2, version: version + 1, hash });
    await run.heads.publish(WORKSPACE, [{ model: MODEL, head, hash, body: canonicalJson(definition) }]);
  }
  const publish = steps.filter(({ phase }) => phase === 'publish');
  const locksTable = publish.some(({ columns }) => columns.length > 0);
  const write = () => {
    const { column } = gross(postgres.published.definition);
    for (const step of publish) step.status = 'done';
    change.committed = postgres.publish(definition);
    if (!rules.columnKept && gross(definition).column !== column) postgres.dropColumn(column);
  };
  await run.fenced('publishChange', change, write, locksTable);
}

async function announce(run: Runner, change: Change): Promise<void> {
  const { rules, queue, now } = run.world;
  await writeHeads(run.session(), run.heads, WORKSPACE, [MODEL]);
  const grace = rules.grace ? GRACE : 0;
  const hasContract = await run.fenced('announce', change, () => {
    const isPending = change.plan?.steps.some(
      ({ phase, status }) => phase === 'contract' && status !== 'done',
    );
    change.status = isPending ? 'published' : 'done';
    change.publishedAt = now();
    if (isPending) change.contractAt = now() + grace * 1000;
    return isPending === true;
  });
  if (hasContract) await queue.send({ workspace: WORKSPACE }, grace);
}

async function runContract(run: Runner, change: Change): Promise<void> {
  const { postgres, rules, queue, now } = run.world;
  const isWaiting = await run.sql('oldestTransaction', () =>
    [...postgres.transactions].some(
      ({ began }) => change.publishedAt !== null && began <= change.publishedAt,
    ),
  );
  if (isWaiting && rules.oldTransactions) {
    await run.fenced('postpone', change, () => {
      change.contractAt = now() + 1000;
    });
    return queue.send({ workspace: WORKSPACE }, 1);
  }
  for (const step of await readSteps(run, change)) {
    if (step.phase !== 'contract' || step.status === 'done') continue;
    await runStep(run, change, step);
    if (isOver(run)) throw new SliceEnded(0);
  }
  await run.fenced('runContract', change, () => {
    change.status = 'done';
  });
}

async function undoChange(run: Runner, change: Change, error: string | null): Promise<void> {
  const { postgres } = run.world;
  run.isUndoing = true;
  if (error !== null) {
    await run.fenced('undoChange: error', change, () => {
      change.error = error;
    });
  }
  for (const step of [...(await readSteps(run, change))].reverse()) {
    if (step.status !== 'done' && step.status !== 'running') continue;
    const at = `undoStep ${step.mode}`;
    const undo = () => step.undo(postgres);
    const undone = () => {
      step.status = 'undone';
    };
    if (step.mode === 'direct') {
      await run.direct(at, change, undo);
      await run.fenced(at, change, undone);
    } else {
      await run.fenced(
        at,
        change,
        () => {
          undo();
          undone();
        },
        true,
      );
    }
  }
  await run.fenced('undoChange: ended', change, () => {
    change.status = error === null ? 'cancelled' : 'failed';
  });
  run.isUndoing = false;
}
