import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface DropConstraint extends StepBase {
  readonly kind: 'dropConstraint';
  readonly constraint: string;
}

/** In the publish transaction, where the next class writes what the constraint refuses; else at contract. */
export const dropConstraint: TransactionKind<DropConstraint> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE (foreign keys: on both tables), no scan',
  run: (step) => [
    `alter table if exists ${quoteTable(step.target)} drop constraint if exists ${quoteIdentifier(step.constraint)}`,
  ],
};
