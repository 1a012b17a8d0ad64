import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TableName, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface TrashTable extends StepBase {
  readonly kind: 'trashTable';
  readonly trashSchema: string;
}

/** SQL that moves a table to the trash. */
export function moveToTrash(table: TableName, trashSchema: string): readonly string[] {
  return [
    `create schema if not exists ${quoteIdentifier(trashSchema)}`,
    `alter table ${quoteTable(table)} set schema ${quoteIdentifier(trashSchema)}`,
  ];
}

/** Out of the way, with its rows, indexes and constraints. */
export const trashTable: TransactionKind<TrashTable> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: ({ target, trashSchema }) => moveToTrash(target, trashSchema),
};
