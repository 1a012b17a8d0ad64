import type { ChangeRequest } from '../../client/changes.ts';
import { Stopped } from '../stopped.ts';

/** What the command line says beside the definitions. */
export interface RequestOptions {
  readonly prune?: true;
  readonly answer?: readonly string[];
  readonly backfill?: readonly string[];
  readonly conversions?: readonly string[];
}

/** The members of a request that options stand for. */
export function requestMembers({
  answer = [],
  backfill = [],
  conversions = [],
}: RequestOptions): Pick<ChangeRequest, 'answers' | 'backfill' | 'conversions'> {
  return {
    ...(answer.length === 0 ? {} : { answers: Object.fromEntries(answer.map(readAnswer)) }),
    ...(backfill.length === 0 ? {} : { backfill: Object.fromEntries(backfill.map(readBackfill)) }),
    ...(conversions.length === 0 ? {} : { conversions: Object.fromEntries(conversions.map(readConversion)) }),
  };
}

/** The same options, for the command that goes on from a plan. */
export function repeatOptions({
  prune,
  answer = [],
  backfill = [],
  conversions = [],
}: RequestOptions): string {
  const repeat = (option: string, values: readonly string[]) =>
    values.map((value) => ` --${option} ${quoted(value)}`).join('');
  return `${prune ? ' --prune' : ''}${repeat('answer', answer)}${repeat('backfill', backfill)}${repeat('conversions', conversions)}`;
}

/** As a shell takes it for one word. */
function quoted(text: string): string {
  return /^[\w.=@:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function readAnswer(text: string): readonly [string, boolean] {
  const [id, value] = splitLast(text, '--answer', "'rename:movie.gross->revenue=yes'");
  const answer = { yes: true, true: true, no: false, false: false }[value.toLowerCase()];
  if (answer !== undefined) return [id, answer];
  throw new Stopped('invalid_option', `--answer ${text}: must end with =yes or =no`);
}

/** The value is JSON where it is JSON, else a text. */
function readBackfill(text: string): readonly [string, unknown] {
  const [field, value] = splitFirst(text, '--backfill', 'movie.studio=unknown');
  return [field, parseJson(value) ?? (value === 'null' ? null : value)];
}

function readConversion(text: string): readonly [string, object] {
  const [field, value] = splitFirst(text, '--conversions', 'movie.year=null');
  if (['abort', 'null', 'first'].includes(value)) return [field, { onError: value }];
  const rule = parseJson(value);
  if (typeof rule === 'object' && rule !== null && !Array.isArray(rule)) {
    return [field, 'default' in rule ? { onError: rule } : rule];
  }
  const message = `--conversions ${text}: must be abort, null, first, {"default": …}, or {"onError": …, "map": {…}}`;
  throw new Stopped('invalid_option', message);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function splitFirst(text: string, option: string, example: string): readonly [string, string] {
  return split(text, text.indexOf('='), option, example);
}

/** Questions have arrows in their ids, and may have signs of equality. */
function splitLast(text: string, option: string, example: string): readonly [string, string] {
  return split(text, text.lastIndexOf('='), option, example);
}

function split(text: string, at: number, option: string, example: string): readonly [string, string] {
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new Stopped('invalid_option', `${option} ${text}: write it as ${option} ${example}`);
}
