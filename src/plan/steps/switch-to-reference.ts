import { quoteIdentifier } from '../../definition/identifiers.ts';
import { followColumn, type ListPair } from './list-pair.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { lookForUnconverted } from './switch-column.ts';
import { quoteTable } from './table-sql.ts';

export interface SwitchToReference extends StepBase {
  readonly kind: 'switchToReference';
  readonly pair: ListPair;
  /** The foreign key from a link to what it leads to; from now on the column's holds in its place. */
  readonly constraint: string;
  /** SQL of the column's default, or null for none. */
  readonly default: string | null;
  /** SQL condition of a link, over the alias `l`, that stands in the way; null where none can. */
  readonly unconverted: string | null;
}

/** The same as for a column that takes the place of another: a last look, and the new class takes over. */
export const switchToReference: TransactionKind<SwitchToReference> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run({ target, pair, constraint, unconverted, ...step }) {
    const table = quoteTable(target);
    const links = quoteTable(pair.links);
    const given =
      step.default === null
        ? []
        : [`alter table ${table} alter column ${quoteIdentifier(pair.column)} set default ${step.default}`];
    return [
      `lock table ${table} in access exclusive mode`,
      ...(unconverted === null ? [] : [lookForUnconverted(`${links} as l`, unconverted)]),
      `alter table ${links} drop constraint if exists ${quoteIdentifier(constraint)}`,
      ...given,
      ...followColumn(target, pair),
    ];
  },
};
