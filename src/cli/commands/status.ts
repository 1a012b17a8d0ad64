import type { Change } from '../../client/changes.ts';
import { describeProgress } from '../change-progress.ts';
import { serverCommand } from '../command.ts';
import { hasEnded } from '../follow-change.ts';
import { Session } from '../session.ts';
import { printTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface ListedModel {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly fields: number;
}

const LATEST = 5;

export function statusCommand(terminal: Terminal) {
  return serverCommand('status', 'show the models of a workspace, and its latest changes', [
    'remodel status',
    'remodel status --workspace main --json',
  ]).action(async (options) => {
    const session = await Session.open(terminal, options);
    const { server } = session;
    const [models, { data: latest }] = await Promise.all([
      server.all<ListedModel>('/models'),
      server.workspace.json<{ data: readonly Change[] }>('GET', '/changes'),
    ]);
    const changes = latest.filter((change, n) => n < LATEST || !hasEnded(change));
    session.report({ target: server.name, models, changes: changes.map(brief) }, () => {
      const { bold } = terminal.colors;
      const rows = models.map(({ name, version, fields, hash }) => {
        return [name, String(version), String(fields), hash.slice(0, 12)];
      });
      const lines = changes.flatMap((change) => [
        `${change.status.padEnd(9)} ${change.id}  ${change.models.join(', ')}`,
        ...(hasEnded(change) ? [] : [`          ${describeProgress(change)}`]),
      ]);
      return [
        bold(server.name),
        '',
        rows.length === 0
          ? 'There are no models yet.'
          : printTable(['model', 'version', 'fields', 'hash'], rows, terminal.columns),
        ...(lines.length === 0 ? [] : ['', bold('Changes, newest first'), ...lines]),
      ].join('\n');
    });
  });
}

function brief({ plan: _plan, steps: _steps, ...change }: Change): object {
  return change;
}
