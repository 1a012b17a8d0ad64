import { Buffer } from 'node:buffer';
import type { Finding } from '../failure.ts';
import type { SortKey } from './sort-key.ts';

/** The place after which a page begins: the sort values of the last record before it. */
export interface Cursor {
  readonly values: readonly (string | null)[];
}

/** Names the order by field ids, so that a rename between two pages changes nothing. */
function orderOf(sort: readonly SortKey[]): string {
  return sort
    .map(({ id, descending, nullsFirst }) => {
      const nulls = nullsFirst === descending ? '' : nullsFirst ? ':first' : ':last';
      return `${descending ? '-' : ''}${id}${nulls}`;
    })
    .join();
}

/** A cursor as clients carry it: base64url of the order and the values. */
export function writeCursor(sort: readonly SortKey[], values: readonly (string | null)[]): string {
  return Buffer.from(JSON.stringify([orderOf(sort), ...values])).toString('base64url');
}

/** Reads a cursor; what is no cursor of this order is added to `findings`. */
export function readCursor(
  text: string | null,
  sort: readonly SortKey[],
  findings: Finding[],
): Cursor | null {
  if (text === null) return null;
  const parts = decode(text);
  const values = parts?.slice(1) ?? [];
  const isWhole = sort.every(({ nullable }, n) => values[n] !== null || nullable);
  if (parts?.[0] === orderOf(sort) && values.length === sort.length && isWhole) return { values };
  findings.push({
    path: 'cursor',
    code: 'invalid_cursor',
    message: 'is no cursor of this list; take `page.next` of an answer with the same sort',
  });
  return null;
}

function decode(text: string): readonly (string | null)[] | null {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const parts: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const isPart = (part: unknown) => part === null || (typeof part === 'string' && !part.includes('\0'));
    return Array.isArray(parts) && parts.every(isPart) ? parts : null;
  } catch (error) {
    // atob, TextDecoder and JSON.parse each have an error of their own for a text that is none of theirs.
    if (error instanceof Error) return null;
    throw error;
  }
}
