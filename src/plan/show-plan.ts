import { type EstimatedSizes, estimateSeconds, sizeFor } from './estimate-seconds.ts';
import type { Plan } from './plan-change.ts';
import type { TableName } from './steps/step-kind.ts';
import { quoteTable } from './steps/table-sql.ts';
import { isLossy, kindOf, type Step } from './steps.ts';

/** A plan as clients see it. */
export type ShownPlan = Readonly<Record<string, unknown>>;

/** The tables that a plan touches and that are there already. */
export function tablesOf(plan: Plan): readonly TableName[] {
  const tables = plan.steps.filter((step) => step.kind !== 'publish').map((step) => step.target);
  return [...new Map(tables.map((table) => [quoteTable(table), table])).values()];
}

/**
 * What a client is shown of a plan: every step with its SQL, its lock, and what it is about. `found` are the
 * warnings that come of a look at the database.
 */
export function showPlan(
  plan: Plan,
  sizes: EstimatedSizes,
  checks: readonly unknown[],
  found: readonly string[] = [],
): ShownPlan {
  const { hash, base, result, questions, destructive, lossy } = plan;
  const warnings = [...plan.warnings, ...found];
  const steps = plan.steps.map((step, index) => ({
    n: index + 1,
    phase: step.phase,
    kind: step.kind,
    model: step.model,
    ...('field' in step && step.field !== undefined ? { field: step.field } : {}),
    sql: sqlOf(step),
    lock: kindOf(step).lock,
    online: true,
    destructive: isDestructive(step),
    lossy: isLossy(step),
    estimatedRows: sizeFor(step, sizes).rows,
    estimatedSeconds: estimateSeconds(step, sizeFor(step, sizes)),
  }));
  return { hash, base, result, steps, questions, checks, warnings, destructive, lossy };
}

function isDestructive(step: Step): boolean {
  return step.kind === 'publish'
    ? step.trashed.some((item) => item.reason === 'dropped')
    : step.kind === 'trashTable';
}

function sqlOf(step: Step): readonly string[] {
  const kind = kindOf(step);
  switch (kind.mode) {
    case 'transaction':
      return kind.run(step);
    case 'direct':
    case 'batches':
    case 'publish':
      return kind.sql(step);
  }
}
