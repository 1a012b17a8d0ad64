import { carryOut } from '../carry-out.ts';
import { commandGroup, serverCommand } from '../command.ts';
import { confirmedBy } from '../confirmed-by.ts';
import type { ModelDifference } from '../definitions/difference.ts';
import { ANSWER, BACKFILL, CONFIRM, PLAN_ONLY, UNTIL, YES } from '../plan/options.ts';
import { repeatOptions, requestMembers } from '../plan/request-options.ts';
import { Session } from '../session.ts';
import { printTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface Trashed {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly model: string;
  readonly trashedAt: string;
  readonly purgeAfter: string | null;
}

export function trashCommand(terminal: Terminal) {
  return commandGroup('trash', 'see what was dropped, and bring it back or purge it', [
    listCommand(terminal),
    restoreCommand(terminal),
    purgeCommand(terminal),
  ]);
}

function listCommand(terminal: Terminal) {
  return serverCommand('list', 'list what was dropped and is still there', ['remodel trash list']).action(
    async (options) => {
      const session = await Session.open(terminal, options);
      const data = await session.server.all<Trashed>('/trash');
      session.report({ data }, () => {
        if (data.length === 0) return 'The trash is empty.';
        const rows = data.map(({ id, kind, name, model, trashedAt, purgeAfter }) => [
          kind === 'model' ? name : `${model}.${name}`,
          kind,
          trashedAt,
          purgeAfter ?? 'never',
          id,
        ]);
        return printTable(['what', 'kind', 'dropped', 'purged after', 'id'], rows, terminal.columns);
      });
    },
  );
}

function restoreCommand(terminal: Terminal) {
  return serverCommand('restore', 'bring a field or a model back, with its data', [
    'remodel trash restore ID',
    'remodel trash restore ID --as year_before --plan',
  ])
    .argument('<id>', 'as `trash list` shows it')
    .option('--as <name>', 'under another name than it had')
    .addOption(PLAN_ONLY)
    .addOption(CONFIRM)
    .addOption(YES)
    .addOption(ANSWER)
    .addOption(BACKFILL)
    .addOption(UNTIL)
    .action(async (id, options) => {
      const session = await Session.open(terminal, options);
      const { as, confirm, yes, until } = options;
      const found = (await session.server.all<Trashed>('/trash')).filter((one) => one.id === id);
      const tellRestored = ({ kind, name, model }: Trashed): ModelDifference => {
        const what = kind === 'model' ? 'comes back' : `${as ?? name} comes back`;
        const called = kind === 'model' ? (as ?? name) : model;
        const text = `${what} from the trash, with its data`;
        return { model: called, kind: 'changed', sentences: [{ sign: '+', text }] };
      };
      const operation = { op: 'restore', trash: id, ...(as === undefined ? {} : { as }) };
      await carryOut(session, {
        server: session.server,
        request: { operations: [operation], ...requestMembers(options) },
        told: found.map(tellRestored),
        command: `remodel trash restore ${id}${as === undefined ? '' : ` --as ${as}`}${repeatOptions(options)}`,
        confirm,
        yes,
        until,
        planOnly: options.plan,
      });
    });
}

function purgeCommand(terminal: Terminal) {
  return serverCommand('purge', 'end what lies in the trash, now and for good', [
    'remodel trash purge ID --yes',
  ])
    .argument('<id>', 'as `trash list` shows it')
    .addOption(YES)
    .action(async (id, options) => {
      const session = await Session.open(terminal, options);
      await confirmedBy(session, options.yes, `Purge ${id}? Nothing brings it back.`);
      const { status } = await session.server.workspace.send('DELETE', `/trash/${encodeURIComponent(id)}`, {
        query: new URLSearchParams({ confirm: id }),
        headers: { Prefer: 'wait=20' },
      });
      const isGone = status === 204;
      session.report({ id, purged: isGone }, () => (isGone ? 'It is gone.' : 'It goes in a moment.'));
    });
}
