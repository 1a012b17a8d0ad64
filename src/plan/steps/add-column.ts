import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface AddColumn extends StepBase {
  readonly kind: 'addColumn';
  readonly column: string;
  readonly type: string;
  /** SQL of a default that is the same for all rows: existing rows have it at once, without a rewrite. */
  readonly default: string | null;
}

export const addColumn: TransactionKind<AddColumn> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run(step) {
    const clause = step.default === null ? '' : ` default ${step.default}`;
    return [
      `alter table ${quoteTable(step.target)} add column ${quoteIdentifier(step.column)} ${step.type}${clause}`,
    ];
  },
  undo(step) {
    return [`alter table ${quoteTable(step.target)} drop column if exists ${quoteIdentifier(step.column)}`];
  },
};
