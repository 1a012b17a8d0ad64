import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface DropNotNull extends StepBase {
  readonly kind: 'dropNotNull';
  readonly column: string;
}

/** In the publish transaction: the class published with it is the first that may leave the column out. */
export const dropNotNull: TransactionKind<DropNotNull> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: (step) => [
    `alter table ${quoteTable(step.target)} alter column ${quoteIdentifier(step.column)} drop not null`,
  ],
};
