import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface AddConstraint extends StepBase {
  readonly kind: 'addConstraint';
  readonly constraint: string;
  /** The constraint's SQL after its name: `check (…)` or `foreign key (…) references …`. */
  readonly definition: string;
}

/** NOT VALID: from here on new rows obey; `validateConstraint` looks at the old ones without blocking. */
export const addConstraint: TransactionKind<AddConstraint> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE (foreign keys: SHARE ROW EXCLUSIVE on both tables), no scan',
  run: (step) => [
    `alter table ${quoteTable(step.target)} add constraint ${quoteIdentifier(step.constraint)} ${step.definition} not valid`,
  ],
  undo: (step) => [
    `alter table if exists ${quoteTable(step.target)} drop constraint if exists ${quoteIdentifier(step.constraint)}`,
  ],
};
