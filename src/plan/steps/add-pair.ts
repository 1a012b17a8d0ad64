import { createValue, followColumn, followList, type ListPair, separate } from './list-pair.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';

export interface AddPair extends StepBase {
  readonly kind: 'addPair';
  readonly pair: ListPair;
  /** The side that the published class writes; the other one follows. */
  readonly leader: 'column' | 'list';
}

/**
 * From here on whatever is written on one side is on the other one too. Creating the trigger waits for those who
 * write at this moment, so that the backfill behind it meets every row. Nobody writes the other side before the
 * publish, which makes this one follow as well.
 */
export const addPair: TransactionKind<AddPair> = {
  mode: 'transaction',
  lock: 'SHARE ROW EXCLUSIVE, no scan',
  run: ({ target, pair, leader }) => [
    ...createValue(target, pair),
    ...(leader === 'column' ? followColumn : followList)(target, pair),
  ],
  undo: ({ target, pair }) => separate(target, pair),
};
