import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface SetDefault extends StepBase {
  readonly kind: 'setDefault';
  readonly column: string;
  /** SQL of the default, or null for none. */
  readonly default: string | null;
}

/** For those who write by SQL, and for classes that do not know the column: classes name every column. */
export const setDefault: TransactionKind<SetDefault> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run(step) {
    const action = step.default === null ? 'drop default' : `set default ${step.default}`;
    return [`alter table ${quoteTable(step.target)} alter column ${quoteIdentifier(step.column)} ${action}`];
  },
  /** Undone only together with the column that it was added to. */
  undo: () => [],
};
