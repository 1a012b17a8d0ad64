import { serverCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { Session } from '../session.ts';
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
      const { bold, green, yellow, red } = terminal.colors;
      const marks = { ok: green('ok      '), warning: yellow('warning '), failed: red('failed  ') } as const;
      const width = Math.max(...data.map(({ check }) => check.length));
      return data
        .flatMap(({ check, status, message, mend }) => [
          `${marks[status]} ${bold(check.padEnd(width))}  ${message}`,
          ...(mend === undefined ? [] : [`${' '.repeat(width + 11)}→ ${mend}`]),
        ])
        .join('\n');
    });
  });
}
