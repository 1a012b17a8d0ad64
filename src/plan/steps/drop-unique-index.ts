import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface DropUniqueIndex extends StepBase {
  readonly kind: 'dropUniqueIndex';
  readonly index: string;
}

/** In the publish transaction, not concurrently: the class published with it is the first that may repeat a value. */
export const dropUniqueIndex: TransactionKind<DropUniqueIndex> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: (step) => [
    // One that somebody else made may belong to a constraint.
    `alter table ${quoteTable(step.target)} drop constraint if exists ${quoteIdentifier(step.index)}`,
    `drop index if exists ${quoteIdentifier(step.target.schema)}.${quoteIdentifier(step.index)}`,
  ],
};
