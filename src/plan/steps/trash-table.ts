import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface TrashTable extends StepBase {
  readonly kind: 'trashTable';
  readonly trashSchema: string;
}

/** Out of the way, with its rows, indexes and constraints. */
export const trashTable: TransactionKind<TrashTable> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: (step) => [
    `create schema if not exists ${quoteIdentifier(step.trashSchema)}`,
    `alter table ${quoteTable(step.target)} set schema ${quoteIdentifier(step.trashSchema)}`,
  ],
};
