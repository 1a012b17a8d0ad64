import { type ListPair, separate } from './list-pair.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { moveToTrash } from './trash-table.ts';

export interface DropPair extends StepBase {
  readonly kind: 'dropPair';
  readonly pair: ListPair;
  /** Where the links go, if it is the column that stays. */
  readonly trashSchema: string | null;
}

/**
 * After grace, nobody writes the side that was: what it holds stays as it is. Links go in the same moment, for a
 * trigger that still wrote to them would not find them.
 */
export const dropPair: TransactionKind<DropPair> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE on both tables, no scan',
  run: ({ target, pair, trashSchema }) => [
    ...separate(target, pair),
    ...(trashSchema === null ? [] : moveToTrash(pair.links, trashSchema)),
  ],
};
