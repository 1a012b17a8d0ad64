import { writeFile } from 'node:fs/promises';
import { serverCommand } from '../command.ts';
import { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';

export function typesCommand(terminal: Terminal) {
  return serverCommand('types', 'write the TypeScript types of all models', [
    'remodel types -o types.ts',
    'remodel types > types.ts',
  ])
    .option('-o, --output <file>', 'the file to write; without it, the standard output')
    .action(async (options) => {
      const session = await Session.open(terminal, options);
      const types = await session.server.text('/types.ts');
      const { output } = options;
      if (output === undefined) return session.report({ types }, () => types);
      await writeFile(output, types);
      session.report({ file: output }, () => `Wrote ${output}.`);
    });
}
