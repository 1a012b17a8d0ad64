import { quoteLiteral } from '../../definition/identifiers.ts';
import type { TableName } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

/** The triggers by which writes of records become events, whoever sends them: see `migrations/0012_events.sql`. */

/** Whose table has it, has them all. */
export const FIRST_TRIGGER = 'remodel_event_insert';

const OPERATIONS = { insert: 'new', update: 'new', delete: 'old' } as const;

/** SQL that has the rows that a statement writes noted, by the column of their key. May be repeated, with another. */
export function noteRecords(target: TableName, modelId: string, key: string): readonly string[] {
  return Object.entries(OPERATIONS).map(
    ([operation, rows]) =>
      `create or replace trigger remodel_event_${operation} after ${operation} on ${quoteTable(target)} referencing ${rows} table as changed for each statement execute function remodel.note_records(${quoteLiteral(modelId)}, ${quoteLiteral(key)})`,
  );
}

/** SQL of the id of the model whose records' writes are noted of a table, given by its number; null where none are. */
export function notedModel(table: string): string {
  return `(select split_part(encode(g.tgargs, 'escape'), ${quoteLiteral('\\000')}, 1) from pg_trigger g where g.tgrelid = ${table} and g.tgname = ${quoteLiteral(FIRST_TRIGGER)})`;
}

/** SQL that takes these triggers away. */
export function dropNotes(target: TableName): readonly string[] {
  return Object.keys(OPERATIONS).map(
    (operation) => `drop trigger if exists remodel_event_${operation} on ${quoteTable(target)}`,
  );
}

/**
 * SQL that has the records noted that lose a link of a list with the record at its other end. Who writes a list by
 * itself writes its record as well: only what a trigger does, as a foreign key's does, is to be noted here.
 */
export function noteUnlinked(links: TableName, modelId: string): readonly string[] {
  return [
    `create or replace trigger remodel_event_delete after delete on ${quoteTable(links)} referencing old table as changed for each statement when (pg_trigger_depth() > 0) execute function remodel.note_unlinked(${quoteLiteral(modelId)})`,
  ];
}
