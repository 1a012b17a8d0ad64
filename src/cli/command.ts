import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';

/** What the help of a command shows to try. `npm test` runs each of them. */
export type Examples = readonly [string, ...string[]];

/** Options that stand behind a command's own in its help. */
export const SHARED_OPTIONS: readonly string[] = [
  '--target',
  '--workspace',
  '--url',
  '--config',
  '--json',
  '--no-color',
  '--help',
];

/** A command that talks to a server: what all of them take, and examples in its help. */
export function serverCommand(name: string, summary: string, examples: Examples) {
  return plainCommand(name, summary, examples)
    .option('-t, --target <target>', 'a target of the configuration file, or URL#WORKSPACE')
    .option('-w, --workspace <slug>', 'another workspace than that of the configuration file')
    .option('--url <url>', 'another server than that of the configuration file')
    .option('--config <file>', 'the configuration file (default: remodel.yaml or remodel.json, here)');
}

/** A command that needs no server. */
export function plainCommand(name: string, summary: string, examples: Examples) {
  const lines = examples.map((example) => `  $ ${example}`);
  return new Command(name)
    .summary(summary)
    .description(sentence(summary))
    .addHelpText('after', `\n${['Examples:', ...lines].join('\n')}`)
    .option('--json', 'one JSON document on the standard output, and nothing else')
    .option('--no-color', 'no colours');
}

/** Commands under one name. */
export function commandGroup(name: string, summary: string, commands: readonly CommandUnknownOpts[]) {
  const group = new Command(name).summary(summary).description(sentence(summary));
  for (const command of commands) group.addCommand(command);
  return group;
}

function sentence(summary: string): string {
  return `${summary[0]?.toUpperCase()}${summary.slice(1)}.`;
}

/** What every command that talks to a server is told. */
export interface ServerOptions {
  readonly target?: string;
  readonly workspace?: string;
  readonly url?: string;
  readonly config?: string;
  readonly json?: true;
}

/** Collects an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
