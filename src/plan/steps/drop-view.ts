import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface DropView extends StepBase {
  readonly kind: 'dropView';
}

/** A view that is not as it was made makes way for the one that the publish makes; what reads it keeps it. */
export const dropView: TransactionKind<DropView> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE on the view',
  run: (step) => [`drop view if exists ${quoteTable(step.target)}`],
  // A publish makes views: until then, the next repair finds that there is none.
  undo: () => [],
};
