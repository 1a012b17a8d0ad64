import { quoteIdentifier } from '../../definition/identifiers.ts';
import { followList, type ListPair } from './list-pair.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface SwitchToList extends StepBase {
  readonly kind: 'switchToList';
  readonly pair: ListPair;
  /** The foreign key from a link to what it leads to; until now the column's held in its place. */
  readonly constraint: string;
  readonly definition: string;
}

/**
 * In the publish transaction: from this lock on nobody writes under the class before, so the list takes over, and
 * the column follows it for as long as that class may read. Of several targets it says the first.
 */
export const switchToList: TransactionKind<SwitchToList> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run({ target, pair, constraint, definition }) {
    const table = quoteTable(target);
    const column = quoteIdentifier(pair.column);
    return [
      `lock table ${table} in access exclusive mode`,
      `alter table ${table} alter column ${column} drop default, alter column ${column} drop not null`,
      `alter table ${quoteTable(pair.links)} add constraint ${quoteIdentifier(constraint)} ${definition} not valid`,
      ...followList(target, pair),
    ];
  },
};
