import { serverCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { Session } from '../session.ts';
import { printTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly message: string;
  readonly mend?: string;
}

export function doctorCommand(terminal: Terminal) {
  return serverCommand('doctor', 'examine a deployment, and say how to mend what is wrong with it', [
    'remodel doctor',
    'remodel doctor --json',
  ]).action(async (options) => {
    const session = await Session.open(terminal, options);
    const { data } = await session.server.root.json<{ data: readonly Finding[] }>('GET', '/doctor');
    if (data.some(({ status }) => status === 'failed')) terminal.exitCode = EXIT.error;
    session.report({ data }, () => {
      const { green, yellow, red } = terminal.colors;
      const paints = { ok: green, warning: yellow, failed: red } as const;
      const rows = data.map(({ check, status, message, mend }) => [
        paints[status](status),
        check,
        mend === undefined ? message : `${message}\n→ ${mend}`,
      ]);
      return printTable(['', 'check', 'what'], rows, terminal.columns);
    });
  });
}
