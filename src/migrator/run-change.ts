import type { ChangeError, OpenChange } from '../catalog/change.ts';
import { runChecks } from '../catalog/run-checks.ts';
import { readWorkspaceState } from '../catalog/workspace-state.ts';
import { planChange } from '../plan/plan-change.ts';
import { TABLE_TAKEN } from '../plan/steps/adopt-table.ts';
import { UNCONVERTED } from '../plan/steps/switch-column.ts';
import { touchedModels } from '../plan/touched-models.ts';
import { DatabaseError } from '../ports.ts';
import { sql } from '../statement.ts';
import { type Run, SliceEnded } from './migrator.ts';
import { noteChange } from './note-change.ts';
import { ChangeRefused, prepareChange } from './prepare-change.ts';
import { publishChange } from './publish.ts';
import { runStep, undoStep } from './run-step.ts';
import { readSteps, stepRefused } from './step-records.ts';
import { ChangeCancelled, commit, fencedTransaction } from './transaction.ts';
import { writeHeads } from './write-heads.ts';

/** Brings a queued or running change as far as `published`, `failed` or `cancelled`, from wherever it stands. */
export async function runChange(run: Run, change: OpenChange): Promise<void> {
  if (change.isCommitted) return announce(run, change);
  if (change.error || change.cancelRequested) return undoChange(run, change, change.error);
  let n: number | null = null;
  try {
    if (!change.isPlanned) await prepareChange(run, change);
    for (const recorded of await readSteps(run.session, change.id)) {
      if (recorded.status === 'done' || !['expand', 'backfill'].includes(recorded.step.phase)) continue;
      n = recorded.n;
      await runStep(run, change.id, recorded);
      if (run.migrator.now() > run.deadline) throw new SliceEnded(0);
    }
    const steps = (await readSteps(run.session, change.id)).filter(({ step }) => step.phase === 'publish');
    n = steps[0]?.n ?? null;
    await publishChange(run, change.id, change.workspaceId, steps);
  } catch (error) {
    if (error instanceof ChangeCancelled) return undoChange(run, change, null);
    const reason = (isOfData(error) && (await lookAgain(run, change))) || explain(error);
    if (!reason) throw error;
    return undoChange(run, change, reason, n);
  }
  await announce(run, change);
}

/** Class 22, data exception: what an expression meets. */
function isOfData(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  return error.sqlState === UNCONVERTED || error.sqlState.startsWith('22');
}

/** What came after the pre-flight and stands in the way: counted and shown as the pre-flight does. */
async function lookAgain(run: Run, change: OpenChange): Promise<ChangeError | null> {
  const plan = planChange(
    await readWorkspaceState(run.session, run.workspace, touchedModels(change.request)),
    change.request,
  );
  const checks = (await runChecks(run.session, plan.checks)).filter((check) => check.failing > 0);
  if (checks.length === 0) return null;
  const rows = checks.reduce((sum, check) => sum + check.failing, 0);
  const detail = `${rows} values that were written while the change was running stand in its way`;
  return { code: 'preflight_failed', detail, checks };
}

/** What a failure means for the author of the change; null where it is not for them but for the operator. */
function explain(error: unknown): ChangeError | null {
  if (error instanceof ChangeRefused) return error.error;
  if (!(error instanceof DatabaseError)) return null;
  switch (error.sqlState) {
    case '23505':
      return {
        code: 'unique_violation',
        detail: 'two rows came to have the same value while the index was built',
      };
    case '23514':
    case '23502':
    case '23503':
      return { code: 'check_violation', detail: 'a row came to break the new rule while it was applied' };
    case '42501':
      return {
        code: 'insufficient_privilege',
        detail: `the migrator's role lacks a right on what the change touches: ${error.message}`,
      };
    case '42P07':
      return {
        code: 'name_conflict',
        detail: `something of somebody else's has a name that the change gives: ${error.message}`,
      };
    case TABLE_TAKEN:
      return { code: 'not_adoptable', detail: 'the table became another model meanwhile' };
    // What Postgres says of a column that a view reads.
    case '0A000':
      return {
        code: 'step_failed',
        detail: `a view of yours reads a column that is to change its type: drop it, and create it again after the change (${error.message})`,
      };
    case '54000':
      return {
        code: 'check_violation',
        detail:
          'a text is too long for the index: Postgres takes some 2,700 bytes of a record; shorten it first',
      };
    default:
      return {
        code: 'step_failed',
        detail: `Postgres refused a step of the change (SQLSTATE ${error.sqlState})`,
      };
  }
}

/**
 * Takes every step back, newest first; then the change is failed, or cancelled where there is no error. `failed`
 * is the step at which it came to that.
 */
async function undoChange(
  run: Run,
  change: OpenChange,
  error: ChangeError | null,
  failed: number | null = null,
): Promise<void> {
  const undoing: Run = { ...run, isUndoing: true };
  if (error) {
    // Written first: a runner that is killed while undoing is followed by one that goes on undoing.
    await commit(undoing, change.id, [
      sql`update remodel.changes set error = ${error} where id = ${change.id}`,
      ...(failed === null ? [] : [stepRefused(change.id, failed, error)]),
    ]);
  }
  const steps = await readSteps(run.session, change.id);
  for (const recorded of [...steps].reverse()) {
    if (recorded.status === 'done' || recorded.status === 'running') {
      await undoStep(undoing, change.id, recorded);
    }
  }
  await commit(undoing, change.id, [
    sql`
      update remodel.changes
      set status = ${error ? 'failed' : 'cancelled'}, finished_at = now()
      where id = ${change.id}
    `,
  ]);
  noteChange(run, change, error ? 'failed' : 'cancelled');
}

/** The heads, last; and only when Redis has confirmed them is the change published and does grace begin. */
async function announce(run: Run, change: OpenChange): Promise<void> {
  const { migrator, session, workspace } = run;
  const names = await session.query(sql`
    select distinct key
    from remodel.changes c, jsonb_each(c.plan -> 'base' || (c.plan -> 'result'))
    where c.id = ${change.id}
  `);
  await writeHeads(
    session,
    migrator.heads,
    workspace,
    names.flatMap((row) => row['key'] ?? []),
  );
  const contracts = await fencedTransaction(run, change.id, async (database) => {
    const rows = await database.query(sql`
      select n::text
      from remodel.steps
      where change_id = ${change.id}
        and phase = 'contract'
        and status in ('pending', 'running')
    `);
    await database.query(
      rows.length > 0
        ? sql`
          update remodel.changes
          set status = 'published', published_at = now(),
            contract_at = now() + make_interval(secs => ${migrator.graceSeconds}::double precision)
          where id = ${change.id}
        `
        : sql`
          update remodel.changes
          set status = 'done', published_at = now(), finished_at = now()
          where id = ${change.id}
        `,
    );
    return rows.length;
  });
  noteChange(run, change, contracts > 0 ? 'published' : 'done');
  // A lost message costs time only: the workspace is noted for the sweep as well.
  if (contracts > 0) await migrator.queue.send({ workspace }, Math.ceil(migrator.graceSeconds));
}
