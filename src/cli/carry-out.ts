import type { Change, ChangeRequest, Plan } from '../client/changes.ts';
import { ChangeProgress, describeProgress } from './change-progress.ts';
import type { ModelDifference } from './definitions/difference.ts';
import { EXIT } from './exit-code.ts';
import { followChange, hasEnded } from './follow-change.ts';
import { planText } from './plan/plan-text.ts';
import { isEmpty, type PlanView, viewPlan } from './plan/plan-view.ts';
import type { Server } from './server.ts';
import type { Session } from './session.ts';

/** How far a command waits for a change. */
export type Until = 'queued' | 'published' | 'done';

/** What is to be done, and who has agreed to it. */
export interface Wish {
  readonly server: Server;
  readonly request: ChangeRequest;
  /** What becomes of models, for the words of the plan. */
  readonly told: readonly ModelDifference[];
  /** The command that would apply the plan; `--confirm HASH` is put behind it. */
  readonly command: string;
  readonly confirm?: string | undefined;
  /** Whatever the plan is, it is confirmed. */
  readonly yes?: boolean | undefined;
  readonly until: Until;
  /** Show it, and do nothing. */
  readonly planOnly?: boolean | undefined;
}

/** Plans, asks where somebody has to decide, sends the change, and follows it. */
export async function carryOut(session: Session, wish: Wish): Promise<void> {
  const { terminal } = session;
  const { server } = wish;
  const { request, plan } = await askQuestions(session, wish);
  const view = viewPlan(server.name, plan, wish.told);
  const refuse = (status: string, words: string) => {
    session.report({ status, plan, change: null }, () => `${shownPlan(session, wish, view)}\n\n${words}`);
    terminal.exitCode = EXIT.unconfirmed;
  };
  if (isEmpty(plan)) {
    session.report({ status: 'nothing', plan, change: null }, () => planText(view, wish.command, terminal));
    return;
  }
  if (wish.planOnly) {
    session.report({ status: 'planned', plan, change: null }, () => shownPlan(session, wish, view));
    return;
  }
  if (plan.questions.length > 0) return refuse('unanswered', 'Nothing was changed: the plan has questions.');
  if (wish.confirm !== undefined && wish.confirm !== plan.hash) {
    return refuse('plan_changed', 'Nothing was changed: the plan is no longer the one that was confirmed.');
  }
  const isAgreed = wish.confirm === plan.hash || wish.yes === true;
  const isLoss = plan.destructive || plan.lossy;
  if (!isAgreed && plan.checks.length === 0 && !session.isJson && terminal.isInteractive) {
    terminal.print(`${shownPlan(session, wish, view)}\n`);
    if (!(await terminal.ask(`Apply this plan to ${server.name}?`, false))) {
      terminal.note('Nothing was changed.');
      terminal.exitCode = EXIT.unconfirmed;
      return;
    }
  } else if (!isAgreed && isLoss && plan.checks.length === 0) {
    return refuse('unconfirmed', 'Nothing was changed: repeat this with --confirm, or with --yes.');
  }
  // What was shown is what is applied, or nothing.
  const sent = await server.changes.create({ ...request, confirm: plan.hash });
  const change = wish.until === 'queued' ? sent : await follow(session, server, sent, wish.until);
  reportChange(session, change, plan);
}

function shownPlan(session: Session, wish: Wish, view: PlanView): string {
  return planText(view, wish.command, session.terminal);
}

/** The plan once its questions are answered, as far as there is somebody who can. */
async function askQuestions(
  { terminal, isJson }: Session,
  { server, request: wished, planOnly }: Wish,
): Promise<{ readonly request: ChangeRequest; readonly plan: Plan }> {
  for (let request = wished; ; ) {
    const plan = await server.changes.plan(request);
    const [question] = plan.questions;
    if (!question || planOnly || isJson || !terminal.isInteractive) return { request, plan };
    const answer = await terminal.ask(question.text, question.default);
    request = { ...request, answers: { ...request.answers, [question.id]: answer } };
  }
}

/** Follows a change until it is published, or has ended. */
export async function follow(
  { terminal }: Session,
  server: Server,
  sent: Change,
  until: Until,
): Promise<Change> {
  const progress = new ChangeProgress(terminal);
  let last = sent;
  try {
    for await (const change of followChange(server.workspace, sent.id)) {
      last = change;
      progress.show(change);
      if (hasEnded(change) || (until === 'published' && change.status === 'published')) break;
    }
  } finally {
    progress.end();
  }
  return last;
}

/** Says what became of a change. One that failed, or ended without its rule, is an error. */
export function reportChange(session: Session, change: Change, plan: Plan | null): void {
  const { terminal } = session;
  const { status, error } = change;
  session.report({ status, plan, change }, () => describeChange(change));
  if (!error) return;
  terminal.exitCode = EXIT.error;
  terminal.note(`${error.code}: ${error.detail}`);
}

/** A change in a few lines. */
function describeChange(change: Change): string {
  const models = change.models.join(', ');
  switch (change.status) {
    case 'done':
      return `Done: ${models} (change ${change.id}).`;
    case 'published':
      return `Published: ${models} (change ${change.id}). What only the models before needed goes after a while.`;
    case 'failed':
      return `Failed, and undone: ${models} (change ${change.id}).`;
    case 'cancelled':
      return `Cancelled, and undone: ${models} (change ${change.id}).`;
    case 'queued':
    case 'running':
      return `Under way: ${models} (change ${change.id}), ${describeProgress(change)}. \`remodel watch\` follows it.`;
  }
}
