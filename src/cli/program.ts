import { readFileSync } from 'node:fs';
import { Command, type CommandUnknownOpts, Help, type Option } from '@commander-js/extra-typings';
import { SHARED_OPTIONS } from './command.ts';
import { adoptCommand } from './commands/adopt.ts';
import { applyCommand } from './commands/apply.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { driftCommand } from './commands/drift.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { initCommand } from './commands/init.ts';
import { keysCommand } from './commands/keys.ts';
import { planCommand } from './commands/plan.ts';
import { promoteCommand } from './commands/promote.ts';
import { pullCommand } from './commands/pull.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { statusCommand } from './commands/status.ts';
import { trashCommand } from './commands/trash.ts';
import { typesCommand } from './commands/types.ts';
import { watchCommand } from './commands/watch.ts';
import { workspacesCommand } from './commands/workspaces.ts';
import type { Terminal } from './terminal.ts';

const EXIT_CODES = `
Exit codes: 0 done, or nothing to do; 1 an error; 2 there are differences (with --exit-code);
3 nothing was done, for the plan has to be confirmed or has questions.

The token is read from the environment variable REMODEL_TOKEN.`;

/** All commands, in the order in which a newcomer meets them. */
export function makeProgram(terminal: Terminal): Command {
  const program = new Command('remodel')
    .description(
      'Models of a Remodel server as files: JSON or YAML, one for each model, in a folder kept in git.',
    )
    .version(readVersion(), '-V, --version')
    .option('--no-color', 'no colours')
    .addHelpText('after', EXIT_CODES);
  for (const command of commands(terminal)) program.addCommand(command);
  for (const command of allCommands(program)) configure(command, terminal);
  return program;
}

function commands(terminal: Terminal): readonly CommandUnknownOpts[] {
  return [
    initCommand(terminal),
    pullCommand(terminal),
    planCommand(terminal),
    applyCommand(terminal),
    statusCommand(terminal),
    watchCommand(terminal),
    typesCommand(terminal),
    importCommand(terminal),
    exportCommand(terminal),
    diffCommand(terminal),
    promoteCommand(terminal),
    rollbackCommand(terminal),
    trashCommand(terminal),
    adoptCommand(terminal),
    driftCommand(terminal),
    keysCommand(terminal),
    workspacesCommand(terminal),
    doctorCommand(terminal),
  ];
}

/** A command and all below it. */
export function allCommands(command: CommandUnknownOpts): readonly CommandUnknownOpts[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function configure(command: CommandUnknownOpts, { colors, errorColors }: Terminal): void {
  command
    .exitOverride()
    .showHelpAfterError(`Try \`${pathOf(command)} --help\`.`)
    .configureHelp({
      visibleOptions: ownOptionsFirst,
      styleTitle: colors.bold,
      styleCommandText: colors.cyan,
      styleOptionTerm: colors.cyan,
    })
    .configureOutput({
      getOutHasColors: () => colors.isColorSupported,
      getErrHasColors: () => errorColors.isColorSupported,
      outputError: (text, write) => write(errorColors.red(text)),
    });
}

/** What a command takes itself, ahead of what all take. */
function ownOptionsFirst(command: CommandUnknownOpts): Option[] {
  const isShared = ({ long }: Option) => SHARED_OPTIONS.includes(long ?? '');
  const options = new Help().visibleOptions(command);
  return [...options.filter((option) => !isShared(option)), ...options.filter(isShared)];
}

/** A command as it is typed: `remodel trash list`. */
export function pathOf(command: CommandUnknownOpts): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function readVersion(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return version;
}
