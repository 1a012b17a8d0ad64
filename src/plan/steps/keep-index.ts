import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';

export interface KeepIndex extends StepBase {
  readonly kind: 'keepIndex';
  readonly index: string;
}

/** The comment on an index that stays although no definition says it. */
export const KEPT = 'Remodel: kept';

/** In the publish transaction: an index that somebody made is no difference any more. */
export const keepIndex: TransactionKind<KeepIndex> = {
  mode: 'transaction',
  lock: 'SHARE UPDATE EXCLUSIVE on the index',
  run: ({ target, index }) => [
    `comment on index ${quoteIdentifier(target.schema)}.${quoteIdentifier(index)} is ${quoteLiteral(KEPT)}`,
  ],
};
