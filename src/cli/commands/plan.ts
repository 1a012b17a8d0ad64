import { Option } from '@commander-js/extra-typings';
import { serverCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { declaredRequest, tellingFiles } from '../plan/declared-request.ts';
import { ANSWER, BACKFILL, CONVERSIONS, PRUNE } from '../plan/options.ts';
import { planMarkdown } from '../plan/plan-markdown.ts';
import { planText } from '../plan/plan-text.ts';
import { isEmpty, viewPlan } from '../plan/plan-view.ts';
import { repeatOptions } from '../plan/request-options.ts';
import { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';

export function planCommand(terminal: Terminal) {
  return serverCommand('plan', 'show what applying the definition files would do, and change nothing', [
    'remodel plan',
    'remodel plan --prune --format markdown > plan.md',
    'remodel plan --exit-code --backfill movie.studio=unknown',
  ])
    .addOption(
      new Option('--format <format>', 'for a terminal, or for a comment of a pull request')
        .choices(['text', 'markdown'] as const)
        .default('text' as const),
    )
    .option('--exit-code', 'exit with 2 where there is something to do')
    .addOption(PRUNE)
    .addOption(ANSWER)
    .addOption(BACKFILL)
    .addOption(CONVERSIONS)
    .action(async (options) => {
      const session = await Session.open(terminal, options);
      await tellingFiles(session, async () => {
        const { request, told } = await declaredRequest(session, options);
        const plan = await session.server.changes.plan(request);
        const view = viewPlan(session.server.name, plan, told);
        const apply = `remodel apply${repeatOptions(options)}`;
        session.report({ target: view.target, plan, models: view.models }, () =>
          options.format === 'markdown' ? planMarkdown(view, apply) : planText(view, apply, terminal),
        );
        if (options.exitCode && !isEmpty(plan)) terminal.exitCode = EXIT.differences;
      });
    });
}
