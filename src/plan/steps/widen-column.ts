import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface WidenColumn extends StepBase {
  readonly kind: 'widenColumn';
  readonly column: string;
  readonly type: string;
}

/** Postgres keeps the rows as they are; the class published with it is the first that writes wider values. */
export const widenColumn: TransactionKind<WidenColumn> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan, no rewrite',
  run: (step) => [
    `alter table ${quoteTable(step.target)} alter column ${quoteIdentifier(step.column)} type ${step.type}`,
  ],
};
