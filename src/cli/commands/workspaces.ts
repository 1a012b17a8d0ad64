import { commandGroup, serverCommand } from '../command.ts';
import { confirmedBy } from '../confirmed-by.ts';
import { YES } from '../plan/options.ts';
import { Session } from '../session.ts';
import { printTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface Workspace {
  readonly slug: string;
  readonly label: string | null;
  readonly createdAt: string;
}

export function workspacesCommand(terminal: Terminal) {
  return commandGroup('workspaces', 'list, create, delete and restore workspaces', [
    listCommand(terminal),
    createCommand(terminal),
    deleteCommand(terminal),
    restoreCommand(terminal),
  ]);
}

function listCommand(terminal: Terminal) {
  return serverCommand('list', 'list the workspaces of a server', [
    'remodel workspaces list',
    'remodel workspaces list --trashed',
  ])
    .option('--trashed', 'those in the trash')
    .action(async (options) => {
      const session = await Session.open(terminal, options);
      const query = new URLSearchParams(options.trashed ? { trashed: 'true' } : {});
      const { root } = session.server;
      const { data } = await root.json<{ data: readonly Workspace[] }>('GET', '/workspaces', { query });
      session.report({ data }, () => {
        const rows = data.map(({ slug, label, createdAt }) => [slug, label ?? '', createdAt]);
        return printTable(['slug', 'label', 'created'], rows, terminal.columns);
      });
    });
}

function createCommand(terminal: Terminal) {
  return serverCommand('create', 'create a workspace', [
    'remodel workspaces create acme --label "Acme Corporation"',
  ])
    .argument('<slug>', 'its name in addresses: lower-case letters, digits and hyphens')
    .option('--label <label>', 'its name for people')
    .action(async (slug, options) => {
      const session = await Session.open(terminal, options);
      const { label } = options;
      const body = { slug, ...(label === undefined ? {} : { label }) };
      const created = await session.server.root.json<Workspace>('POST', '/workspaces', { body });
      session.report(created, () => `Created the workspace ${created.slug}.`);
    });
}

function deleteCommand(terminal: Terminal) {
  return serverCommand('delete', 'move a workspace to the trash, with all that it holds', [
    'remodel workspaces delete acme --yes',
  ])
    .argument('<slug>', 'its name in addresses')
    .addOption(YES)
    .action(async (slug, options) => {
      const session = await Session.open(terminal, options);
      await confirmedBy(session, options.yes, `Move the workspace ${slug} and all its models to the trash?`);
      await session.server.root.send('DELETE', `/workspaces/${encodeURIComponent(slug)}`);
      session.report({ slug, trashed: true }, () => `The workspace ${slug} is in the trash.`);
    });
}

function restoreCommand(terminal: Terminal) {
  return serverCommand('restore', 'bring a workspace back, with all that it held', [
    'remodel workspaces restore acme',
  ])
    .argument('<slug>', 'its name in addresses')
    .action(async (slug, options) => {
      const session = await Session.open(terminal, options);
      const path = `/workspaces/${encodeURIComponent(slug)}/restore`;
      const restored = await session.server.root.json<Workspace>('POST', path);
      session.report(restored, () => `The workspace ${restored.slug} is back.`);
    });
}
