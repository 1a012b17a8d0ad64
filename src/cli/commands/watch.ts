import { Option } from '@commander-js/extra-typings';
import type { Change } from '../../client/changes.ts';
import { follow, reportChange } from '../carry-out.ts';
import { serverCommand } from '../command.ts';
import { Session } from '../session.ts';
import { Stopped } from '../stopped.ts';
import type { Terminal } from '../terminal.ts';

export function watchCommand(terminal: Terminal) {
  return serverCommand('watch', 'follow a change until it has ended', [
    'remodel watch',
    'remodel watch CHANGE --until published',
  ])
    .argument('[change]', 'its id; without it, the newest')
    .addOption(
      new Option('--until <status>', 'how far')
        .choices(['published', 'done'] as const)
        .default('done' as const),
    )
    .action(async (id, options) => {
      const session = await Session.open(terminal, options);
      const { server } = session;
      const change = id === undefined ? await newest(session) : await server.changes.get(id);
      const last = await follow(session, server, change, options.until);
      reportChange(session, last, last.plan);
    });
}

async function newest({ server }: Session): Promise<Change> {
  const query = new URLSearchParams({ limit: '1' });
  const { data } = await server.workspace.json<{ data: readonly Change[] }>('GET', '/changes', { query });
  const [change] = data;
  if (change) return change;
  throw new Stopped('unknown_change', `there was no change of ${server.name} yet`);
}
