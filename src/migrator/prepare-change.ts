import type { ChangeError, OpenChange } from '../catalog/change.ts';
import { text } from '../catalog/columns.ts';
import { assertFree } from '../catalog/conflicts.ts';
import { estimateSizes } from '../catalog/estimate-sizes.ts';
import { assertCreatable } from '../catalog/extensions.ts';
import { assertAdoptable, withFoundTables } from '../catalog/find-adoptable.ts';
import { findViewWarnings } from '../catalog/find-views.ts';
import { runChecks } from '../catalog/run-checks.ts';
import { readWorkspaceState } from '../catalog/workspace-state.ts';
import { Failure } from '../failure.ts';
import type { ChangeRequest } from '../plan/change-request.ts';
import { type EstimatedSizes, sizeFor } from '../plan/estimate-seconds.ts';
import { type Plan, planChange } from '../plan/plan-change.ts';
import { showPlan, tablesOf } from '../plan/show-plan.ts';
import { type Step, tablesOfStep } from '../plan/steps.ts';
import { touchedModels } from '../plan/touched-models.ts';
import { sql } from '../statement.ts';
import { ContractPending, type Run } from './migrator.ts';
import { commit, fencedTransaction } from './transaction.ts';

/** A change that must not go on, for a reason that its author is told. */
export class ChangeRefused extends Error {
  override readonly name = 'ChangeRefused';
  readonly error: ChangeError;

  constructor(error: ChangeError) {
    super(error.detail);
    this.error = error;
  }
}

/**
 * Works the change out from what is published at this moment, looks at the data, and writes the steps down.
 * Throws `ChangeRefused`, or ends the slice where a contract step of an earlier change is in the way.
 */
export async function prepareChange(run: Run, change: OpenChange): Promise<void> {
  const { plan, request } = await workOut(run, change);
  await waitForContracts(run, change, plan.steps);
  const failing = (await runChecks(run.session, plan.checks)).filter((check) => check.failing > 0);
  if (failing.length > 0) {
    const first = failing[0];
    throw new ChangeRefused({
      code: 'preflight_failed',
      detail: `${first?.failing} rows of ${first?.model} stand in the way (${first?.kind} ${first?.field})`,
      checks: failing,
    });
  }
  const sizes = await estimateSizes(run.session, tablesOf(plan));
  const warnings = await findViewWarnings(run.session, plan.steps);
  await fencedTransaction(run, change.id, async (database) => {
    // Those of a try that failed.
    await database.query(sql`delete from remodel.steps where change_id = ${change.id}`);
    for (const [index, step] of plan.steps.entries()) {
      await database.query(sql`
        insert into remodel.steps (change_id, n, phase, kind, spec, status, rows_total)
        values (${change.id}, ${index + 1}, ${step.phase}, ${step.kind}, ${step}, 'pending', ${rowsOf(step, sizes)})
      `);
    }
    const shown = showPlan(plan, sizes, [], warnings);
    await database.query(sql`
      update remodel.changes
      set plan = ${shown}, request = ${request},
        model_ids = array(select json_array_elements_text(${plan.touched}::json))
      where id = ${change.id}
    `);
  });
}

/** How many rows a step will change, at most; what classes leave to a contract step is not known yet. */
function rowsOf(step: Step, sizes: EstimatedSizes): number {
  return step.phase === 'backfill' ? sizeFor(step, sizes).rows : 0;
}

/** The plan, and the request with what was found now of what it is to adopt: others may have adopted it meanwhile. */
async function workOut(
  run: Run,
  change: OpenChange,
): Promise<{ readonly plan: Plan; readonly request: ChangeRequest }> {
  try {
    const { found } = change.request;
    const request = found
      ? await withFoundTables(run.session, run.workspace, change.request, found.sight)
      : change.request;
    const state = await readWorkspaceState(run.session, run.workspace, touchedModels(request));
    const plan = planChange(state, request);
    const { confirm, expect } = request;
    for (const [name, hash] of Object.entries(expect ?? {})) {
      if (Object.hasOwn(plan.base, name) && plan.base[name] !== hash) {
        throw new Failure('stale_definition', `${name} was changed by another change meanwhile`);
      }
    }
    if (plan.questions.length > 0) {
      throw new Failure('question_unanswered', plan.questions[0]?.text ?? 'the plan has questions');
    }
    if (confirm !== undefined && confirm !== plan.hash) {
      throw new Failure(
        'plan_changed',
        'the plan is no longer the one that was confirmed; look at the new one',
      );
    }
    if (confirm === undefined && (plan.destructive || plan.lossy)) {
      throw new Failure('destructive_unconfirmed', 'the plan loses something: confirm it by its hash');
    }
    await assertCreatable(run.session, plan.steps);
    await assertAdoptable(run.session, plan.steps);
    await assertFree(run.session, plan.steps);
    return { plan, request };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new ChangeRefused({
      code: error.code,
      detail: error.message,
      ...(error.errors ? { errors: error.errors } : {}),
    });
  }
}

/**
 * Invariant 5: a column whose contract is pending still serves the class before; the next change of it waits, and
 * says for which.
 */
async function waitForContracts(run: Run, change: OpenChange, steps: readonly Step[]): Promise<void> {
  const pending = await run.session.query(sql`
    select
      c.id::text as change,
      s.spec::text as spec
    from remodel.steps s
    join remodel.changes c on c.id = s.change_id
    where c.workspace_id = ${change.workspaceId}
      and c.status = 'published'
      and s.phase = 'contract'
      and s.status in ('pending', 'running')
  `);
  for (const row of pending) {
    const earlier: Step = JSON.parse(text(row, 'spec'));
    if (!steps.some((step) => isSameColumn(step, earlier))) continue;
    const waitingFor = { change: text(row, 'change') };
    await commit(run, change.id, [
      sql`update remodel.changes set waiting_for = ${waitingFor} where id = ${change.id}`,
    ]);
    throw new ContractPending(`${change.id} waits for ${waitingFor.change}`);
  }
}

function isSameColumn(a: Step, b: Step): boolean {
  if (a.target.schema !== b.target.schema || !tableNames(a).some((name) => tableNames(b).includes(name)))
    return false;
  if (a.columns.includes('*') || b.columns.includes('*')) return true;
  return a.columns.some((column) => b.columns.includes(column));
}

/** The tables that a step is about, a join table beside its own too: an alignment takes a name as well. */
function tableNames(step: Step): readonly string[] {
  const names = tablesOfStep(step).map(({ table }) => table);
  return step.kind === 'alignTable' ? [...names, step.table] : names;
}
