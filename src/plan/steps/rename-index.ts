import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';

export interface RenameIndex extends StepBase {
  readonly kind: 'renameIndex';
  readonly index: string;
  readonly as: string;
}

/** In the publish transaction: an index that somebody made is that of the definition, which finds it by its name. */
export const renameIndex: TransactionKind<RenameIndex> = {
  mode: 'transaction',
  lock: 'SHARE UPDATE EXCLUSIVE on the index',
  run: ({ target, index, as }) => [
    `alter index ${quoteIdentifier(target.schema)}.${quoteIdentifier(index)} rename to ${quoteIdentifier(as)}`,
  ],
};
