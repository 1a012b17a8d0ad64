/** Names, and the only two functions that put text into SQL. */
import { SYSTEM_FIELDS } from './definition.ts';

const NAME = /^[a-z][a-z0-9_]{0,47}$/;
const SLUG = /^[a-z][a-z0-9-]{0,39}$/;
const MAX_IDENTIFIER_BYTES = 63;

/** Whether a model or a field may have this name. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** Whether the name belongs to a field that every model has. */
export function isSystemField(name: string): boolean {
  return SYSTEM_FIELDS.some((system) => system === name);
}

/** Whether a workspace may have this slug: its schemas must not meet Postgres' or the catalog's. */
export function isWorkspaceSlug(text: string): boolean {
  return SLUG.test(text) && !text.startsWith('pg') && !['public', 'remodel', 'workspaces'].includes(text);
}

/** An identifier as SQL text. Throws on what Postgres would cut or refuse. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\u0000') || Buffer.byteLength(name) > MAX_IDENTIFIER_BYTES) {
    throw new RangeError('not an identifier: empty, over 63 bytes, or with a NUL');
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** A constant as SQL text, for DDL, which takes no parameters. Right under either setting of standard_conforming_strings. */
export function quoteLiteral(text: string): string {
  if (text.includes('\u0000')) throw new RangeError('a text with a NUL has no literal in Postgres');
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}
