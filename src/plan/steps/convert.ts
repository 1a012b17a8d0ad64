import { quoteIdentifier } from '../../definition/identifiers.ts';
import { updateWindow } from './key-window.ts';
import type { BatchKind, StepBase } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface Convert extends StepBase {
  readonly kind: 'convert';
  readonly to: string;
  /** SQL of the new column's value, over the columns of the alias `t`. */
  readonly value: string;
  readonly lossy: boolean;
  /** The Postgres type of the table's key. */
  readonly keyType: string;
}

/** Fills a shadow column by key order, by the expression that its trigger uses. `updated_at` stays. */
export const convert: BatchKind<Convert> = {
  mode: 'batches',
  lock: 'row locks, one batch at a time',
  batch(step, cursor, size) {
    const where = `t.${quoteIdentifier(step.to)} is distinct from ${step.value}`;
    return updateWindow({ ...step, column: step.to, where }, cursor, size);
  },
  sql: (step) => [
    `update ${quoteTable(step.target)} as t set ${quoteIdentifier(step.to)} = ${step.value} where t.${quoteIdentifier(step.to)} is distinct from ${step.value}`,
  ],
};
