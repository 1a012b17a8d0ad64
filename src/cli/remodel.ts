#!/usr/bin/env node
/** `npx remodel`: definitions as files, over HTTP. */
import { CommanderError } from 'commander';
import { Problem } from '../client/problem.ts';
import { EXIT } from './exit-code.ts';
import { makeProgram } from './program.ts';
import { showError } from './shown-error.ts';
import { Unconfirmed } from './stopped.ts';
import { Terminal } from './terminal.ts';

/** What a person has to decide before anything is done. */
const UNCONFIRMED = new Set(['destructive_unconfirmed', 'plan_changed', 'question_unanswered']);

const terminal = new Terminal(process);
try {
  await makeProgram(terminal).parseAsync();
} catch (error) {
  fail(error);
}
process.exitCode = terminal.exitCode;

function fail(error: unknown): void {
  const isJson = process.argv.includes('--json');
  if (error instanceof CommanderError) {
    // Help and version were asked for; all else commander has said already.
    terminal.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.error;
    const { code, message } = error;
    if (isJson && error.exitCode !== 0) terminal.print(JSON.stringify({ error: { code, message } }, null, 2));
    return;
  }
  const { text, json } = showError(error);
  const isUnconfirmed =
    error instanceof Unconfirmed || (error instanceof Problem && UNCONFIRMED.has(error.code));
  terminal.exitCode = isUnconfirmed ? EXIT.unconfirmed : EXIT.error;
  if (isJson) terminal.print(JSON.stringify(json, null, 2));
  terminal.note(`${terminal.errorColors.red('error:')} ${text}`);
  if (process.env['REMODEL_DEBUG']) terminal.note(String(error instanceof Error ? error.stack : error));
}
