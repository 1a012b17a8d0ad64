import { dropMirror as dropMirrorSql } from './mirror-links.ts';
import type { StepBase, TableName, TransactionKind } from './step-kind.ts';

export interface DropMirror extends StepBase {
  readonly kind: 'dropMirror';
  readonly next: TableName;
}

/** After grace, nobody writes the join table before any more. */
export const dropMirror: TransactionKind<DropMirror> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: (step) => dropMirrorSql(step.target, step.next),
};
