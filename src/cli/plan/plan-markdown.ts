import { describeChecks } from './describe-checks.ts';
import { isEmpty, nextCommand, obstacle, type PlanView, STEP_HEAD, stepRow } from './plan-view.ts';

/** A plan as a comment of a pull request. */
export function planMarkdown({ target, plan, models }: PlanView, apply: string): string {
  const title = `### Plan for \`${target}\``;
  if (isEmpty(plan)) return `${title}\n\nNothing to do: it has these definitions already.\n`;
  const hinder = obstacle(plan);
  const rows = plan.steps.map((step) => stepRow(step).map(escapeCell));
  const changes = models.flatMap(({ model, kind, sentences }) => [
    `**${escapeText(model)}**${kind === 'changed' ? '' : ` (${kind})`}`,
    '',
    ...sentences.map(({ sign, text }) => `- \`${sign}\` ${escapeText(text)}`),
    '',
  ]);
  const notes = [
    ...plan.questions.map(({ text }) => `- **Question**: ${escapeText(text)}`),
    ...describeChecks(plan.checks).map((line) => `- **In the way**: ${escapeText(line)}`),
    ...plan.warnings.map((warning) => `- **Warning**: ${escapeText(warning)}`),
  ];
  return [
    title,
    '',
    ...(hinder === undefined ? [] : [`> ${hinder}`, '']),
    ...changes,
    ...(notes.length > 0 ? [...notes, ''] : []),
    `<details><summary>${plan.steps.length} steps</summary>`,
    '',
    `| ${STEP_HEAD.join(' | ')} |`,
    `|${STEP_HEAD.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    '</details>',
    '',
    '```sh',
    nextCommand(apply, plan),
    '```',
    '',
  ].join('\n');
}

/** Names and values are text, whatever Markdown or HTML would make of them. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~-]/g, (mark) => (mark === '<' ? '&lt;' : `\\${mark}`));
}

function escapeCell(text: string): string {
  return escapeText(text).replaceAll('\n', ' ');
}
