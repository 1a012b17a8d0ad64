import type { Plan, PlanStep } from '../../client/changes.ts';
import type { ModelDifference } from '../definitions/difference.ts';

/** A plan as it is shown, whatever the form. */
export interface PlanView {
  /** The server and workspace that it is for. */
  readonly target: string;
  readonly plan: Plan;
  readonly models: readonly ModelDifference[];
}

/** A plan with what is told of the models that it changes. */
export function viewPlan(target: string, plan: Plan, told: readonly ModelDifference[]): PlanView {
  const isTouched = (name: string | undefined) =>
    name !== undefined && (Object.hasOwn(plan.base, name) || Object.hasOwn(plan.result, name));
  const changed = told.filter(({ model, was }) => isTouched(model) || isTouched(was));
  const known = new Set(changed.flatMap(({ model, was }) => [model, was]));
  const others = [...new Set([...Object.keys(plan.result), ...Object.keys(plan.base)])];
  const untold = others
    .filter((name) => !known.has(name))
    .map((model): ModelDifference => ({ model, kind: 'changed', sentences: [] }));
  return { target, plan, models: [...changed, ...untold] };
}

export const STEP_HEAD = ['#', 'phase', 'step', 'lock', 'rows', 'about', 'remarks'] as const;

/** A step as a row of a table. */
export function stepRow(step: PlanStep): readonly string[] {
  const { n, phase, kind, model, field, lock, estimatedRows, estimatedSeconds } = step;
  const words = kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const remarks = [
    step.online ? 'online' : 'not online',
    ...(step.destructive ? ['destructive'] : []),
    ...(step.lossy ? ['lossy'] : []),
  ];
  return [
    String(n),
    phase,
    `${words} ${model}${field === undefined ? '' : `.${field}`}`,
    lock,
    estimatedRows === null ? '?' : estimatedRows.toLocaleString('en'),
    estimatedSeconds === null ? '?' : `${estimatedSeconds} s`,
    remarks.join(', '),
  ];
}

/** How a question of a plan is answered on the command line. */
function answerOption({ id, default: preset }: Plan['questions'][number]): string {
  return `--answer '${id}=${preset ? 'yes' : 'no'}'`;
}

/** The command that goes on from here: it applies this plan and no other, or answers what is asked. */
export function nextCommand(apply: string, { hash, questions }: Plan): string {
  const next = questions.length > 0 ? questions.map(answerOption).join(' ') : `--confirm ${hash}`;
  return `${apply} ${next}`;
}

/** What stands in the way of a plan, or is lost by it; undefined where it may simply be applied. */
export function obstacle({ questions, checks, destructive, lossy }: Plan): string | undefined {
  if (questions.length > 0) return 'It asks questions: answer them by --answer.';
  if (checks.length > 0) return 'The data stand in its way: nothing can be applied before that is settled.';
  if (destructive && lossy) return 'It drops something, and takes something from values: confirm it.';
  if (destructive) return 'It drops something: confirm it.';
  if (lossy) return 'It may take something from values: confirm it.';
  return undefined;
}

export function isEmpty(plan: Plan): boolean {
  return plan.steps.length === 0 && plan.questions.length === 0;
}
