import { dropTrigger } from './add-shadow.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';

export interface DropShadow extends StepBase {
  readonly kind: 'dropShadow';
  readonly to: string;
}

/** After grace, nobody writes the old column any more: both columns go their own way. */
export const dropShadow: TransactionKind<DropShadow> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: (step) => dropTrigger(step.target, step.to),
};
