import { SYSTEM_FIELDS } from './definition.ts';

/** The only place where text is quoted into SQL, and where names are judged. */

const NAME = /^[a-z][a-z0-9_]{0,47}$/;
const SLUG = /^[a-z][a-z0-9-]{0,39}$/;
const RESERVED_SLUGS: ReadonlySet<string> = new Set(['public', 'remodel', 'workspaces']);
const RESERVED_FIELDS: ReadonlySet<string> = new Set(SYSTEM_FIELDS);

/** Postgres cuts longer identifiers silently, so that two names could become one. */
const MAX_IDENTIFIER_BYTES = 63;

/** The grammar of model and field names, in words. */
export const NAME_RULE = 'a lower-case letter, then up to 47 lower-case letters, digits or underscores';

/** Whether a text fits the grammar of model and field names. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** Whether a field name is taken by the system: every model has these fields. */
export function isSystemField(name: string): boolean {
  return RESERVED_FIELDS.has(name);
}

/** Whether a text fits the grammar of workspace slugs and is not reserved. */
export function isWorkspaceSlug(text: string): boolean {
  return SLUG.test(text) && !isReservedSlug(text);
}

/** Slugs become names of schemas: those of Postgres and of the system itself are not to be had. */
function isReservedSlug(slug: string): boolean {
  return RESERVED_SLUGS.has(slug) || slug.startsWith('pg');
}

/** A name as an SQL identifier. Throws where Postgres would cut or refuse it. */
export function quoteIdentifier(name: string): string {
  const bytes = new TextEncoder().encode(name).length;
  if (bytes === 0 || bytes > MAX_IDENTIFIER_BYTES)
    throw new RangeError(`an identifier has 1 to ${MAX_IDENTIFIER_BYTES} bytes, not ${bytes}`);
  if (name.includes('\0')) throw new RangeError('an identifier cannot hold the NUL character');
  return `"${name.replaceAll('"', '""')}"`;
}

const OWN = 'remodel.';

/** A name that statements of records give to what is no column, quoted: no table with such a column is adopted. */
export function ownAlias(name: string): string {
  return quoteIdentifier(OWN + name);
}

/** Whether a column's name might be that of an alias. */
export function isOwnAlias(column: string): boolean {
  return column.startsWith(OWN);
}

/** A text as an SQL literal that is read alike whatever `standard_conforming_strings` says. */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw new RangeError('a literal cannot hold the NUL character');
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is the id of something that the catalog numbers by UUIDs. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
