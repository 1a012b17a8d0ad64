import { Failure } from '../failure.ts';
import type { ChangeRequest } from '../plan/change-request.ts';
import { assertLimitable } from '../plan/model-limit.ts';
import { type Plan, planChange } from '../plan/plan-change.ts';
import { type ShownPlan, showPlan, tablesOf } from '../plan/show-plan.ts';
import { stateAfter } from '../plan/state-after.ts';
import { touchedModels } from '../plan/touched-models.ts';
import type { WorkspaceState } from '../plan/workspace-state.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { text } from './columns.ts';
import { assertFree, withConflicts } from './conflicts.ts';
import type { Sight } from './database-tables.ts';
import { withFoundModels } from './drift.ts';
import { estimateSizes } from './estimate-sizes.ts';
import { assertCreatable } from './extensions.ts';
import { assertAdoptable, withFoundTables } from './find-adoptable.ts';
import { findViewWarnings } from './find-views.ts';
import { type CheckResult, runChecks } from './run-checks.ts';
import { readWorkspaceState } from './workspace-state.ts';

/** A plan together with what the data say to it. */
export interface Preflight {
  readonly plan: Plan;
  readonly checks: readonly CheckResult[];
  readonly shown: ShownPlan;
}

/** What a request touches, as it will be once every change that is under way is published. */
async function readProjectedState(
  database: Database,
  workspace: string,
  wanted: ChangeRequest,
): Promise<{ readonly state: WorkspaceState; readonly pendingModels: ReadonlySet<string> }> {
  // Read before the state: a change that is committed in between is applied twice, which changes nothing.
  const rows = await database.query(sql`
    select c.request::text as request
    from remodel.changes c
    join remodel.workspaces w on w.id = c.workspace_id
    where w.slug = ${workspace}
      and c.status in ('queued', 'running')
      and c.committed_at is null
      and c.error is null
      and not c.cancel_requested
    order by c.seq
  `);
  const pending = rows.map((row): ChangeRequest => JSON.parse(text(row, 'request')));
  let state = await readWorkspaceState(database, workspace, touchedModels(...pending, wanted));
  const pendingModels = new Set<string>();
  for (const request of pending) {
    const next = project(state, request);
    if (!next) continue;
    for (const id of next.touched) pendingModels.add(id);
    state = next.state;
  }
  return { state, pendingModels };
}

/** The state after a change; null where the change will fail. */
function project(state: WorkspaceState, request: ChangeRequest) {
  try {
    const next = stateAfter(state, planChange(state, request));
    const changed = [
      ...state.models.filter((model) => !next.models.includes(model)),
      ...next.models.filter((model) => !state.models.includes(model)),
    ];
    return { state: next, touched: changed.map((model) => model.definition.id) };
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

/** What a look ahead depends on, besides the request. */
export interface Looking {
  /** Which tables may be adopted. */
  readonly sight: Sight;
  /** The ids of the models that the request may touch; null: all. */
  readonly only: readonly string[] | null;
  readonly guard?: ((state: WorkspaceState, wanted: ChangeRequest) => ChangeRequest) | undefined;
}

/**
 * Plans a change on top of those under way, and looks at the data. Changes nothing. `guard` adds to the request what
 * only the state can tell; the models that it touches are those of the request as it came.
 */
export async function preflight(
  database: Database,
  workspace: string,
  wanted: ChangeRequest,
  { sight, only, guard = (_, asked) => asked }: Looking,
): Promise<Preflight & { readonly request: ChangeRequest }> {
  if (only) assertLimitable(wanted);
  const conflicts = await withConflicts(database, workspace, wanted);
  const tables = await withFoundTables(database, workspace, conflicts, sight);
  const asked = await withFoundModels(database, workspace, tables);
  const { state, pendingModels } = await readProjectedState(database, workspace, asked);
  const request = { ...guard(state, asked), ...(only ? { only } : {}) };
  const plan = planChange(state, request);
  await assertCreatable(database, plan.steps);
  await assertAdoptable(database, plan.steps);
  await assertFree(database, plan.steps);
  // A table that a pending change is about to alter is looked at when this change's turn has come.
  const ready = plan.checks.filter(({ modelIds }) => !modelIds.some((id) => pendingModels.has(id)));
  const [checks, sizes, warnings] = await Promise.all([
    runChecks(database, ready),
    estimateSizes(database, tablesOf(plan)),
    findViewWarnings(database, plan.steps),
  ]);
  const failing = checks.filter((check) => check.failing > 0);
  return { request, plan, checks: failing, shown: showPlan(plan, sizes, failing, warnings) };
}

/** Throws where a change is known to fail, or asks for a decision that was not given. */
export function assertApplicable({ plan, checks, shown }: Preflight, request: ChangeRequest): void {
  const { questions } = plan;
  if (questions.length > 0) {
    throw new Failure(
      'question_unanswered',
      `${questions[0]?.text ?? ''} Answer with "answers": {"${questions[0]?.id}": true} or false.`,
      { data: { questions, plan: shown } },
    );
  }
  if (request.confirm !== undefined && request.confirm !== plan.hash) {
    throw new Failure('plan_changed', 'the plan is no longer the one that was confirmed: look at it again', {
      data: { plan: shown },
    });
  }
  if ((plan.destructive || plan.lossy) && request.confirm === undefined) {
    const what = plan.destructive ? 'drops something' : 'may take something from values';
    throw new Failure(
      'destructive_unconfirmed',
      `this ${what}: look at the plan, then repeat the request with "confirm": "${plan.hash}"`,
      { data: { plan: shown } },
    );
  }
  const [first] = checks;
  if (first) {
    throw new Failure(
      'preflight_failed',
      `${first.failing} rows stand in the way of ${first.model}.${first.field} (${first.kind}); nothing was changed`,
      { data: { checks, plan: shown } },
    );
  }
}
