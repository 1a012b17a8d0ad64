import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface RestoreColumn extends StepBase {
  readonly kind: 'restoreColumn';
  /** Its name in the trash, and the one that it gets. */
  readonly from: string;
  readonly to: string;
  readonly modelId: string;
}

/** A column comes back from the trash with its values. */
export const restoreColumn: TransactionKind<RestoreColumn> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: (step) => rename(step, step.from, step.to),
  undo: (step) => rename(step, step.to, step.from),
};

function rename({ target, modelId }: RestoreColumn, from: string, to: string): readonly string[] {
  return [
    `alter table ${quoteTable(target)} rename column ${quoteIdentifier(from)} to ${quoteIdentifier(to)}`,
    `update remodel.trash set column_name = ${quoteLiteral(to)} where model_id = ${quoteLiteral(modelId)} and column_name = ${quoteLiteral(from)}`,
  ];
}
