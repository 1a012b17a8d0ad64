import { carryOut } from '../carry-out.ts';
import { serverCommand } from '../command.ts';
import { differences } from '../definitions/difference.ts';
import { definitionsFor } from '../definitions/past-names.ts';
import { withAnsweredRenames } from '../definitions/renames.ts';
import { ANSWER, BACKFILL, CONFIRM, CONVERSIONS, PLAN_ONLY, PRUNE, UNTIL, YES } from '../plan/options.ts';
import { repeatOptions, requestMembers } from '../plan/request-options.ts';
import { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';

export function promoteCommand(terminal: Terminal) {
  return serverCommand('promote', 'make the models of one target those of another', [
    'remodel promote staging production --plan',
    'remodel promote staging production',
    'remodel promote staging production --prune --yes --until done',
  ])
    .argument('<from>', 'a target of the configuration file, or URL#WORKSPACE')
    .argument('<to>', 'the one that changes')
    .addOption(PLAN_ONLY)
    .addOption(CONFIRM)
    .addOption(YES)
    .addOption(PRUNE)
    .addOption(ANSWER)
    .addOption(BACKFILL)
    .addOption(CONVERSIONS)
    .addOption(UNTIL)
    .action(async (from, to, options) => {
      const session = await Session.open(terminal, options);
      const server = session.serverOf(to);
      const before = await server.definitions();
      const models = await definitionsFor(session.serverOf(from), before);
      const members = requestMembers(options);
      const { confirm, yes, until, prune } = options;
      await carryOut(session, {
        server,
        request: { models, ...(prune ? { prune: true } : {}), ...members },
        told: differences(before, withAnsweredRenames(models, members.answers ?? {})),
        command: `remodel promote ${from} ${to}${repeatOptions(options)}`,
        confirm,
        yes,
        until,
        planOnly: options.plan,
      });
    });
}
