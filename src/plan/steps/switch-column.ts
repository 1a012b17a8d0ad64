import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface SwitchColumn extends StepBase {
  readonly kind: 'switchColumn';
  readonly from: string;
  readonly to: string;
  /** SQL of the new column's default, or null for none. */
  readonly default: string | null;
  /** SQL condition of a row whose value should have been converted and was not; null where there can be none. */
  readonly unconverted: string | null;
}

/** SQLSTATE of a publish that a value stands in the way of. */
export const UNCONVERTED = 'RM002';

/**
 * SQL that fails where a row of the quoted table meets the condition. It goes by the index over such rows, however
 * many Postgres takes them to be: everybody waits meanwhile.
 */
export function lookForUnconverted(table: string, condition: string): string {
  return `do ${quoteLiteral(`begin
  set local enable_seqscan = off;
  if exists (select from ${table} where ${condition}) then
    raise exception 'a value was not converted' using errcode = '${UNCONVERTED}';
  end if;
end`)}`;
}

/**
 * In the publish transaction: from this lock on nobody writes under the class before, so a last look settles
 * that nothing was left unconverted (a partial index answers it), and the class published with it takes over.
 */
export const switchColumn: TransactionKind<SwitchColumn> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run(step) {
    const table = quoteTable(step.target);
    const from = quoteIdentifier(step.from);
    const given =
      step.default === null ? '' : `, alter column ${quoteIdentifier(step.to)} set default ${step.default}`;
    return [
      `lock table ${table} in access exclusive mode`,
      ...(step.unconverted === null ? [] : [lookForUnconverted(table, step.unconverted)]),
      `alter table ${table} alter column ${from} drop default, alter column ${from} drop not null${given}`,
    ];
  },
};
