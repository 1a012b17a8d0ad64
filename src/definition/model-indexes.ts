import { asRead, asWords, nameIn } from './adopted.ts';
import type { Definition, Field, IndexCondition, ModelIndex } from './definition.ts';
import type { OwnIndex } from './field-type.ts';
import { specOf } from './field-types.ts';
import { quoteIdentifier } from './identifiers.ts';
import { conditionColumns, conditionSql } from './index-condition.ts';
import { hasJoinTable } from './join-table.ts';
import { objectName } from './physical-names.ts';
import { systemFields } from './system-fields.ts';

/** An index as Postgres builds it. */
export interface PhysicalIndex {
  /** Holds a digest of all that follows. */
  readonly name: string;
  readonly unique: boolean;
  readonly method: 'btree' | OwnIndex['method'];
  /** SQL of what it is over: columns with their order, or an expression. */
  readonly keys: readonly string[];
  /** SQL of its condition, or null. */
  readonly where: string | null;
  /** The columns of its fields, in order. */
  readonly columns: readonly string[];
  /** What it is made from. */
  readonly of: ModelIndex;
  /** All columns that it needs, those of its condition included. */
  readonly needs: readonly string[];
}

/** Every index of a definition, each once. References have one, for the sake of deletes on the other side. */
export function indexesOf(definition: Definition): readonly PhysicalIndex[] {
  const found = new Map<string, PhysicalIndex>();
  const add = (index: ModelIndex) => {
    const physical = physicalIndex(definition, index);
    found.set(physical.name, physical);
  };
  for (const field of definition.fields) {
    if (hasJoinTable(field)) continue;
    if (field.unique) add({ fields: [field.id], unique: true });
    else if (field.index || field.to !== undefined) add({ fields: [field.id] });
  }
  for (const index of definition.indexes) add(index);
  return [...found.values()];
}

/**
 * The columns in the conditions and expressions of a definition's indexes. Were the type of one of them another, however
 * alike, Postgres would build the index anew.
 */
export function heldColumns(definition: Definition): ReadonlySet<string> {
  const held = indexesOf(definition).flatMap(({ of, columns }) => [
    ...(of.kind === 'fullText' ? columns : []),
    ...(of.where === undefined ? [] : conditionColumns(definition, of.where)),
  ]);
  return new Set(held);
}

/** Whether an entry of an index is to descend, and the field that it names. */
export function readIndexEntry(entry: string): { readonly field: string; readonly descending: boolean } {
  const descending = entry.startsWith('-');
  return { field: descending ? entry.slice(1) : entry, descending };
}

/**
 * The document that a full-text index is over, and that a search has to ask for in the same words. A tsvector
 * holds a megabyte, which this many characters cannot exceed, so that no text is too long to be written.
 */
export function searchDocument(fields: readonly Field[], alias = ''): string {
  const parts = fields.map(
    (field) => `coalesce(${asWords(field, `${alias}${quoteIdentifier(field.column)}`)}, '')`,
  );
  return `to_tsvector('simple', left(${parts.join(` || ' ' || `)}, 200000))`;
}

/** One index of a definition as Postgres builds it. */
export function physicalIndex(definition: Definition, index: ModelIndex): PhysicalIndex {
  const fields = new Map([...systemFields(definition), ...definition.fields].map((f) => [f.id, f]));
  const entries = index.fields.map((entry) => {
    const { field: id, descending } = readIndexEntry(entry);
    const field = fields.get(id);
    if (!field) throw new TypeError(`an index of ${definition.name} names no field: ${id}`);
    return { field, descending };
  });
  const columns = entries.map(({ field }) => field.column);
  const { method, keys } =
    index.kind === 'fullText'
      ? { method: 'gin' as const, keys: [`(${searchDocument(entries.map(({ field }) => field))})`] }
      : columnKeys(entries);
  const where = whereOf(definition, index.where);
  const unique = index.unique === true;
  const given = objectName(
    unique ? 'key' : 'idx',
    `${definition.table}_${columns.join('_')}`,
    method,
    ...keys,
    where.sql ?? '',
  );
  const name = nameIn(definition.adopted?.names, given) ?? given;
  const needs = [...new Set([...columns, ...where.columns])];
  return { name, unique, method, keys, where: where.sql, columns, needs, of: index };
}

function columnKeys(entries: readonly { readonly field: Field; readonly descending: boolean }[]) {
  const own = entries.map(({ field }) => specOf(field).ownIndex).find((index) => index !== undefined);
  const suffix = (descending: boolean) => own?.operators ?? (descending ? 'desc' : undefined);
  const keys = entries.map(({ field, descending }) => {
    const column = quoteIdentifier(field.column);
    // Its operators are of the type that the field is read as.
    const key = own ? asRead(field, column) : column;
    return [key === column ? key : `(${key})`, suffix(descending) ?? []].flat().join(' ');
  });
  return { method: own?.method ?? ('btree' as const), keys };
}

function whereOf(definition: Definition, condition: IndexCondition | undefined) {
  if (!condition) return { sql: null, columns: [] };
  return { sql: conditionSql(definition, condition), columns: conditionColumns(definition, condition) };
}
