import { Option } from '@commander-js/extra-typings';
import { collect, commandGroup, serverCommand } from '../command.ts';
import { confirmedBy } from '../confirmed-by.ts';
import { YES } from '../plan/options.ts';
import { Session } from '../session.ts';
import { printTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface ShownKey {
  readonly id: string;
  readonly label: string;
  readonly status: string;
  readonly scopes: readonly string[];
  readonly models: readonly string[] | null;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}

/** A key as it is answered once, by the request that makes it. */
interface NewKey extends ShownKey {
  readonly key: string;
}

export function keysCommand(terminal: Terminal) {
  return commandGroup('keys', 'list, make, rotate and revoke the API keys of a workspace', [
    listCommand(terminal),
    createCommand(terminal),
    rotateCommand(terminal),
    revokeCommand(terminal),
  ]);
}

function listCommand(terminal: Terminal) {
  return serverCommand('list', 'list the keys of a workspace', ['remodel keys list']).action(
    async (options) => {
      const session = await Session.open(terminal, options);
      const data = await session.server.all<ShownKey>('/keys');
      session.report({ data }, () => {
        if (data.length === 0) return 'There are no keys.';
        const rows = data.map(({ label, status, scopes, models, expiresAt, lastUsedAt, id }) => [
          label,
          status,
          scopes.join(', '),
          models?.join(', ') ?? 'all',
          expiresAt ?? 'never',
          lastUsedAt ?? 'never',
          id,
        ]);
        const head = ['label', 'status', 'scopes', 'models', 'expires', 'last used', 'id'];
        return printTable(head, rows, terminal.columns);
      });
    },
  );
}

function createCommand(terminal: Terminal) {
  return serverCommand('create', 'make a key; it is shown once, and never again', [
    'remodel keys create reader --scope records:read --scope models:read',
    'remodel keys create nightly --scope records:write --model movie --expires 2030-01-01T00:00:00Z',
  ])
    .argument('<label>', 'what it is for')
    .addOption(
      new Option('--scope <scope>', 'what it may do: records:read, records:write, models:read, …')
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--model <model>', 'limit it to a model').argParser(collect))
    .option('--expires <moment>', 'until when it is valid: 2030-01-01T00:00:00Z')
    .action(async (label, options) => {
      const session = await Session.open(terminal, options);
      const { scope: scopes, model: models, expires: expiresAt } = options;
      const limits = { ...(models ? { models } : {}), ...(expiresAt ? { expiresAt } : {}) };
      const body = { label, scopes, ...limits };
      reportKey(session, await session.server.workspace.json<NewKey>('POST', '/keys', { body }));
    });
}

function rotateCommand(terminal: Terminal) {
  return serverCommand('rotate', 'make a key that takes the place of another', [
    'remodel keys rotate ID --overlap 3600',
  ])
    .argument('<id>', 'as `keys list` shows it')
    .option('--overlap <seconds>', 'how long the old one stays valid')
    .action(async (id, { overlap, ...options }) => {
      const session = await Session.open(terminal, options);
      const body = overlap === undefined ? {} : { overlapSeconds: Number(overlap) };
      const path = `/keys/${encodeURIComponent(id)}/rotate`;
      reportKey(session, await session.server.workspace.json<NewKey>('POST', path, { body }));
    });
}

function revokeCommand(terminal: Terminal) {
  return serverCommand('revoke', 'end a key at once', ['remodel keys revoke ID --yes'])
    .argument('<id>', 'as `keys list` shows it')
    .addOption(YES)
    .action(async (id, options) => {
      const session = await Session.open(terminal, options);
      await confirmedBy(session, options.yes, `Revoke the key ${id}? What uses it is refused at once.`);
      await session.server.workspace.send('DELETE', `/keys/${encodeURIComponent(id)}`);
      session.report({ id, revoked: true }, () => `The key ${id} is revoked.`);
    });
}

/** The key alone goes to the standard output, so that it can be piped to where it is kept. */
function reportKey(session: Session, made: NewKey): void {
  session.terminal.note(`Made the key ${made.label} (${made.id}). It is shown here, and never again:`);
  session.report(made, () => made.key);
}
