import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { DirectKind, StepBase } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface ValidateConstraint extends StepBase {
  readonly kind: 'validateConstraint';
  readonly constraint: string;
}

const statement = (step: ValidateConstraint) =>
  `alter table ${quoteTable(step.target)} validate constraint ${quoteIdentifier(step.constraint)}`;

/** Scans the table beside its readers and writers. */
export const validateConstraint: DirectKind<ValidateConstraint> = {
  mode: 'direct',
  lock: 'SHARE UPDATE EXCLUSIVE',
  probe: (step) => ({
    text: `
      select c.convalidated::text as validated
      from pg_constraint c
      where c.conrelid = to_regclass($1)
        and c.conname = $2`,
    params: [quoteTable(step.target), step.constraint],
  }),
  next: (step, observed) =>
    observed[0]?.['validated'] === 'true' ? { kind: 'done' } : { kind: 'run', sql: [statement(step)] },
  sql: (step) => [statement(step)],
  undo: () => [],
};
