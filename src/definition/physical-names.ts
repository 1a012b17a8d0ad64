import { createHash } from 'node:crypto';

/** Postgres cuts identifiers at 63 bytes; every name that is made here is ASCII, so bytes are characters. */
const MAX_IDENTIFIER = 63;

/** A short digest that makes names unique and tells definitions apart: 8 hex digits. */
function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 8);
}

/** An id that depends on where it comes from and on nothing else, so that a plan made twice is the same plan. */
export function stableId(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 20);
}

/** `wanted`, or `wanted_2`, `wanted_3` … where it is taken. */
export function uniqueName(wanted: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}_${n}`;
    if (!taken.has(name)) return name;
  }
}

/**
 * The name of an index or a constraint. It holds a digest of all that defines it: what carries the name is
 * what was wanted, so looking for the name is looking for the thing.
 */
export function objectName(
  kind: 'idx' | 'key' | 'ck' | 'fk' | 'both' | 'computed' | 'seq',
  subject: string,
  ...definition: string[]
): string {
  const suffix = `_${digest(kind, subject, ...definition)}_${kind}`;
  return ascii(subject).slice(0, MAX_IDENTIFIER - suffix.length) + suffix;
}

/** Names of an adopted table may hold anything. */
function ascii(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '_');
}

/**
 * The name of the join table of a field. It begins as no model's table does, and a digest keeps the fields of
 * different models apart; there is room for `uniqueName` to make another where the trash holds this one.
 */
export function joinTableName(modelId: string, table: string, field: string): string {
  const suffix = `_${digest(modelId, field)}`;
  return `_${ascii(table)}_${field}`.slice(0, MAX_IDENTIFIER - suffix.length - 4) + suffix;
}

/** The name of the function that gives a computed column its values: an error that comes of it names it. */
export function computedFunction(table: string, column: string): string {
  return objectName('computed', `${table}_${column}`);
}

/** The schema that holds the tables of a workspace. */
export function dataSchema(slug: string): string {
  return `${slug}_data`;
}

/** The schema that holds the readable views of a workspace: no other name of a schema is made like a slug. */
export function viewSchema(slug: string): string {
  return slug;
}

/** The schema that holds the tables of models in the trash, and the join tables of lists. */
export function trashSchema(slug: string): string {
  return `${slug}_trash`;
}

/**
 * The schema that an adopted table goes to, of its model's own: tables of other schemas may bear the same name, and so
 * may what goes along with them, indexes and sequences.
 */
export function ownTrashSchema(slug: string, modelId: string): string {
  return `${trashSchema(slug)}_${modelId.slice(0, 16)}`;
}
