import { printTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { describeChecks } from './describe-checks.ts';
import { isEmpty, nextCommand, obstacle, type PlanView, STEP_HEAD, stepRow } from './plan-view.ts';

/** A plan for the terminal. `apply` is the command that would apply it. */
export function planText({ target, plan, models }: PlanView, apply: string, terminal: Terminal): string {
  const { bold, dim, green, red, yellow } = terminal.colors;
  if (isEmpty(plan)) return `Nothing to do: ${target} has these definitions already.`;
  const signs = { '+': green, '-': red, '~': yellow } as const;
  const changes = models.flatMap(({ model, kind, sentences }) => [
    `${bold(model)}${kind === 'changed' ? '' : ` (${kind})`}`,
    ...sentences.map(({ sign, text }) => `  ${signs[sign](sign)} ${text}`),
    '',
  ]);
  const hinder = obstacle(plan);
  const blocks = [
    ...plan.questions.map(({ text }) => `${bold('Question')}: ${text}`),
    ...describeChecks(plan.checks).map((line) => `${red('In the way')}: ${line}`),
    ...plan.warnings.map((warning) => `${yellow('Warning')}: ${warning}`),
    ...(hinder === undefined ? [] : [bold(hinder)]),
  ];
  const steps = plan.steps.map((step) => {
    const row = stepRow(step);
    const isLoss = step.destructive || step.lossy;
    return isLoss ? row.map((text, n) => (n === row.length - 1 ? red(text) : text)) : row;
  });
  return [
    `${bold('Plan')} for ${target}`,
    '',
    ...changes,
    ...(steps.length > 0 ? [printTable(STEP_HEAD, steps, terminal.columns), ''] : []),
    ...(blocks.length > 0 ? [...blocks, ''] : []),
    dim(nextCommand(apply, plan)),
  ].join('\n');
}
