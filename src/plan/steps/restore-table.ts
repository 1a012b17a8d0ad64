import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface RestoreTable extends StepBase {
  readonly kind: 'restoreTable';
  readonly trashSchema: string;
}

/** A table comes back from the trash as it went there: with its rows, indexes, triggers, and rules of its own. */
export const restoreTable: TransactionKind<RestoreTable> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: ({ target, trashSchema }) => [
    `alter table ${quoteTable({ ...target, schema: trashSchema })} set schema ${quoteIdentifier(target.schema)}`,
  ],
  undo: ({ target, trashSchema }) => [
    `alter table ${quoteTable(target)} set schema ${quoteIdentifier(trashSchema)}`,
  ],
};
