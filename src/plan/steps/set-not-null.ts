import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface SetNotNull extends StepBase {
  readonly kind: 'setNotNull';
  readonly column: string;
  /** The validated `check (column is not null)` that spares the scan; it goes once NOT NULL stands. */
  readonly proof: string;
}

export const setNotNull: TransactionKind<SetNotNull> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run(step) {
    const table = quoteTable(step.target);
    return [
      `alter table ${table} alter column ${quoteIdentifier(step.column)} set not null`,
      `alter table ${table} drop constraint ${quoteIdentifier(step.proof)}`,
    ];
  },
  // The proof is put back by nobody: the step that made it comes again as well.
  undo: (step) => [
    `alter table if exists ${quoteTable(step.target)} alter column ${quoteIdentifier(step.column)} drop not null`,
  ],
};
