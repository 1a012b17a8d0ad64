import { type ListPair, separate } from './list-pair.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';

export interface DropPair extends StepBase {
  readonly kind: 'dropPair';
  readonly pair: ListPair;
}

/** After grace, nobody writes the side that was: what it holds stays as it is. */
export const dropPair: TransactionKind<DropPair> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE on both tables, no scan',
  run: ({ target, pair }) => separate(target, pair),
};
