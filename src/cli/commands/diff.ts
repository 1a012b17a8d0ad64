import { serverCommand } from '../command.ts';
import { differences } from '../definitions/difference.ts';
import { definitionsFor } from '../definitions/past-names.ts';
import { EXIT } from '../exit-code.ts';
import { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';

export function diffCommand(terminal: Terminal) {
  return serverCommand('diff', 'show how the models of one target become those of another', [
    'remodel diff production staging',
    'remodel diff http://127.0.0.1:8787#main http://127.0.0.1:8787#staging --exit-code',
  ])
    .argument('<a>', 'a target of the configuration file, or URL#WORKSPACE')
    .argument('<b>', 'another one')
    .option('--exit-code', 'exit with 2 where they differ')
    .action(async (a, b, options) => {
      const session = await Session.open(terminal, options);
      const [from, to] = [session.serverOf(a), session.serverOf(b)];
      const before = await from.definitions();
      const models = differences(before, await definitionsFor(to, before));
      if (options.exitCode && models.length > 0) terminal.exitCode = EXIT.differences;
      session.report({ a: from.name, b: to.name, models }, () => {
        const { bold, green, red, yellow } = terminal.colors;
        const signs = { '+': green, '-': red, '~': yellow } as const;
        if (models.length === 0) return `${from.name} and ${to.name} have the same models.`;
        const lines = models.flatMap(({ model, kind, sentences }) => [
          '',
          `${bold(model)}${kind === 'changed' ? '' : ` (${kind})`}`,
          ...sentences.map(({ sign, text }) => `  ${signs[sign](sign)} ${text}`),
        ]);
        return [`From ${from.name} to ${to.name}:`, ...lines].join('\n');
      });
    });
}
