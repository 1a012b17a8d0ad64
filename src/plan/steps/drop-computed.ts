import { endComputing } from './add-computed.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';

export interface DropComputed extends StepBase {
  readonly kind: 'dropComputed';
  readonly column: string;
  readonly level: number;
}

/** After grace, nobody reads the column any more. It goes ahead of the columns that its expression uses. */
export const dropComputed: TransactionKind<DropComputed> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: ({ target, column, level }) => endComputing(target, column, level),
};
