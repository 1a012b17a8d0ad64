import { carryOut } from '../carry-out.ts';
import { serverCommand } from '../command.ts';
import { declaredRequest, tellingFiles } from '../plan/declared-request.ts';
import { ANSWER, BACKFILL, CONFIRM, CONVERSIONS, PRUNE, UNTIL, YES } from '../plan/options.ts';
import { repeatOptions } from '../plan/request-options.ts';
import { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';

export function applyCommand(terminal: Terminal) {
  return serverCommand('apply', 'make the models what the definition files say', [
    'remodel apply --backfill movie.studio=unknown',
    'remodel apply --confirm HASH',
    'remodel apply --prune --yes --until done',
  ])
    .addOption(CONFIRM)
    .addOption(YES)
    .addOption(PRUNE)
    .addOption(ANSWER)
    .addOption(BACKFILL)
    .addOption(CONVERSIONS)
    .addOption(UNTIL)
    .action(async (options) => {
      const session = await Session.open(terminal, options);
      const { server } = session;
      await tellingFiles(session, async () => {
        const declared = await declaredRequest(session, options);
        const { confirm, yes, until } = options;
        const command = `remodel apply${repeatOptions(options)}`;
        await carryOut(session, { ...declared, server, command, confirm, yes, until });
      });
    });
}
