import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface SetAside extends StepBase {
  readonly kind: 'setAside';
  /** What it is called from here on. */
  readonly as: string;
}

/** Somebody else's table or view gets another name, for that one is asked for. */
export const setAside: TransactionKind<SetAside> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: (step) => [`alter table ${quoteTable(step.target)} rename to ${quoteIdentifier(step.as)}`],
  undo: ({ target, as }) => [
    `alter table if exists ${quoteTable({ ...target, table: as })} rename to ${quoteIdentifier(target.table)}`,
  ],
};
