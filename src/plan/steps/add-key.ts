import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface AddKey extends StepBase {
  readonly kind: 'addKey';
  /** The unique index that becomes its primary key. */
  readonly index: string;
}

/** A primary key that is gone, by an index that was built beside the traffic. */
export const addKey: TransactionKind<AddKey> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run({ target, index }) {
    const name = quoteIdentifier(index);
    return [`alter table ${quoteTable(target)} add constraint ${name} primary key using index ${name}`];
  },
  undo: ({ target, index }) => [
    `alter table if exists ${quoteTable(target)} drop constraint if exists ${quoteIdentifier(index)}`,
  ],
};
