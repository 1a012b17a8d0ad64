import type { ChangeError, OpenChange } from '../catalog/change.ts';
import { number, textOrNull } from '../catalog/columns.ts';
import { runChecks } from '../catalog/run-checks.ts';
import { DatabaseError } from '../ports.ts';
import { sql } from '../statement.ts';
import { type Run, SliceEnded } from './migrator.ts';
import { noteChange } from './note-change.ts';
import { isUndoable, runStep, undoDirect, undoStep } from './run-step.ts';
import { type RecordedStep, readSteps, retriedSteps, stepFailed } from './step-records.ts';
import { commit, fencedTransaction } from './transaction.ts';

/**
 * The contract steps of a published change, after grace. What the data refuse (a null that the class before wrote,
 * say) does not fail the change, for the definition is out: the rule is taken back, so that nothing is left half
 * enforced, its steps are recorded, and the change ends `done` with an error that counts and shows the rows.
 */
export async function runContract(run: Run, change: OpenChange): Promise<void> {
  const since = await oldestTransaction(run, change);
  if (since !== null) return postpone(run, change, since);
  await commit(run, change.id, [retriedSteps(change.id)]);
  const steps = (await readSteps(run.session, change.id)).filter(({ step }) => step.phase === 'contract');
  const refused = new Set(steps.filter(({ status }) => status === 'failed').map(ruleOf));
  const done = steps.filter(({ status }) => status === 'done');
  for (const recorded of steps) {
    if (recorded.status === 'done' || recorded.status === 'failed') continue;
    if (refused.has(ruleOf(recorded))) {
      const skipped = { code: 'skipped', detail: 'another step of the rule failed' };
      await commit(run, change.id, [stepFailed(change.id, recorded.n, skipped)]);
      continue;
    }
    try {
      await runStep(run, change.id, recorded);
      done.push(recorded);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      refused.add(ruleOf(recorded));
      const before = done.filter((other) => ruleOf(other) === ruleOf(recorded));
      await takeBack(run, change, recorded, before, await explain(run, recorded, error));
    }
    if (run.migrator.now() > run.deadline) throw new SliceEnded(0);
  }
  await commit(run, change.id, [
    sql`
      update remodel.changes
      set status = 'done', finished_at = now(), waiting_for = null,
        error = (
          select s.error
          from remodel.steps s
          where s.change_id = ${change.id}
            and s.status = 'failed'
            and s.error ->> 'code' <> 'skipped'
          order by s.n
          limit 1
        )
      where id = ${change.id}
    `,
  ]);
  noteChange(run, change, 'done');
}

/** Steps of the same columns serve the same rule, and lean on each other. */
function ruleOf({ step }: RecordedStep): string {
  return `${step.target.table}.${step.columns.join()}`;
}

/** Killed in between, the next runner finds the step not yet failed, and comes here once more. */
async function takeBack(
  run: Run,
  change: OpenChange,
  refused: RecordedStep,
  before: readonly RecordedStep[],
  error: ChangeError,
): Promise<void> {
  await undoDirect(run, refused.step);
  for (const recorded of before.filter(({ step }) => isUndoable(step)).reverse()) {
    await undoStep(run, change.id, recorded);
  }
  await commit(run, change.id, [stepFailed(change.id, refused.n, error)]);
}

async function explain(run: Run, { step }: RecordedStep, error: DatabaseError): Promise<ChangeError> {
  // Class 23: a row breaks what the step demands.
  if (!error.sqlState.startsWith('23')) {
    const detail = `the model is published, but Postgres refused a step of its clean-up (SQLSTATE ${error.sqlState})`;
    return { code: 'step_failed', detail };
  }
  const checks = await runChecks(run.session, step.check ? [step.check] : []);
  const rule = checks.map(({ failing, kind, field }) => ` (${kind} ${field}: ${failing})`).join();
  const detail = `the model is published, but rows of ${step.model} that were written before break its new rule${rule}, which is therefore not enforced: correct them, then retry the change`;
  return { code: 'contract_incomplete', detail, checks };
}

/**
 * When the oldest transaction began that is open since before the heads were out; null where none is. It may still
 * use the definition before, whatever the time. The migrator's own know what they do.
 */
async function oldestTransaction(run: Run, change: OpenChange): Promise<string | null> {
  const [row] = await run.session.query(sql`
    select to_char(min(a.xact_start) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
    from pg_stat_activity a
    join remodel.changes c on a.xact_start < c.published_at
    where c.id = ${change.id}
      and a.datname = current_database()
      and a.backend_type = 'client backend'
      and a.pid <> pg_backend_pid()
      and a.application_name not like 'remodel%'
  `);
  return textOrNull(row, 'since');
}

/** Looks again later, and the later the longer it has waited; other changes go on meanwhile. */
async function postpone(run: Run, change: OpenChange, transactionSince: string): Promise<void> {
  const { queue, graceSeconds } = run.migrator;
  const delay = await fencedTransaction(run, change.id, async (database) => {
    const [row] = await database.query(sql`
      update remodel.changes
      set waiting_for = ${{ transactionSince }},
        contract_at = now() + make_interval(secs => least(60, greatest(1,
          extract(epoch from now() - published_at)::double precision - ${graceSeconds}::double precision
        )))
      where id = ${change.id}
      returning extract(epoch from contract_at - now())::text as seconds
    `);
    return number(row, 'seconds');
  });
  await queue.send({ workspace: run.workspace }, Math.ceil(delay));
}
