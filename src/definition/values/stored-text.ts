import { type Refusal, refuse } from './reading.ts';

/** Why Postgres (or UTF-8) cannot hold a text, or undefined where it can. */
export function refuseUnstorable(text: string): string | undefined {
  if (text.includes('\0')) return 'must not hold the NUL character (U+0000); remove it';
  if (!text.isWellFormed()) return 'must be well-formed Unicode; it holds half of a surrogate pair';
  return undefined;
}

/** Any string that Postgres can hold. */
export function readText(value: unknown): string | Refusal {
  if (typeof value !== 'string') return refuse('must be a string');
  const reason = refuseUnstorable(value);
  return reason === undefined ? value : refuse(reason);
}

/** The length in code points, as `char_length` and JSON Schema count. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
