import { quoteIdentifier } from '../../definition/identifiers.ts';
import { type RowKey, updateWindow } from './key-window.ts';
import type { BatchKind, StepBase } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface Backfill extends StepBase {
  readonly kind: 'backfill';
  readonly column: string;
  /** SQL of the value that rows with a null get. */
  readonly value: string;
  readonly key: RowKey;
}

/** Fills nulls by key order. `updated_at` stays: the record did not change for anybody who reads it. */
export const backfill: BatchKind<Backfill> = {
  mode: 'batches',
  lock: 'row locks, one batch at a time',
  batch(step, cursor, size) {
    return updateWindow({ ...step, where: `t.${quoteIdentifier(step.column)} is null` }, cursor, size);
  },
  sql: (step) => [
    `update ${quoteTable(step.target)} set ${quoteIdentifier(step.column)} = ${step.value} where ${quoteIdentifier(step.column)} is null`,
  ],
};
