import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';
import { moveToTrash, noteWhere } from './trash-table.ts';

export interface RestoreTable extends StepBase {
  readonly kind: 'restoreTable';
  readonly trashSchema: string;
  /** Of a model's own table; absent for a join table. */
  readonly modelId?: string;
}

/** A table comes back from the trash as it went there: with its rows, indexes, triggers, and rules of its own. */
export const restoreTable: TransactionKind<RestoreTable> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: ({ target, trashSchema, modelId }) => [
    `alter table ${quoteTable({ ...target, schema: trashSchema })} set schema ${quoteIdentifier(target.schema)}`,
    ...noteWhere(modelId, null),
  ],
  undo: ({ target, trashSchema, modelId }) => [
    ...moveToTrash(target, trashSchema),
    ...noteWhere(modelId, trashSchema),
  ],
};
