import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { lookForUnconverted } from './switch-column.ts';
import { quoteTable } from './table-sql.ts';

export interface SwitchKey extends StepBase {
  readonly kind: 'switchKey';
  /** The next key. */
  readonly to: string;
  /** SQL of its default, or null for none. */
  readonly default: string | null;
  /** The quoted sequence that goes on behind the keys that are there; null for none. */
  readonly sequence: string | null;
}

/**
 * In the publish transaction: a last look that each record has its next key, which an index answers. The key before
 * keeps its default, by which new records get one for the class before to read.
 */
export const switchKey: TransactionKind<SwitchKey> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run(step) {
    const table = quoteTable(step.target);
    const to = quoteIdentifier(step.to);
    return [
      `lock table ${table} in access exclusive mode`,
      lookForUnconverted(table, `${to} is null`),
      ...(step.sequence === null
        ? []
        : [
            `select setval(${quoteLiteral(step.sequence)}, greatest(coalesce(max(${to}), 0) + 1, 1), false) from ${table}`,
          ]),
      ...(step.default === null
        ? []
        : [`alter table ${table} alter column ${to} set default ${step.default}`]),
    ];
  },
};
