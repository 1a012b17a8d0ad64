import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface Keep extends StepBase {
  readonly kind: 'keep';
  readonly what: 'index' | 'constraint';
  readonly name: string;
}

/** The comment on what stays although no definition says it. */
export const KEPT = 'Remodel: kept';

/** In the publish transaction: what somebody made is no difference any more. */
export const keep: TransactionKind<Keep> = {
  mode: 'transaction',
  lock: 'SHARE UPDATE EXCLUSIVE',
  run({ target, what, name }) {
    const made =
      what === 'index'
        ? `index ${quoteIdentifier(target.schema)}.${quoteIdentifier(name)}`
        : `constraint ${quoteIdentifier(name)} on ${quoteTable(target)}`;
    return [`comment on ${made} is ${quoteLiteral(KEPT)}`];
  },
};
