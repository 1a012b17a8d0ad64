import { quoteIdentifier } from '../../definition/identifiers.ts';
import { type RowKey, updateWindow } from './key-window.ts';
import type { BatchKind, StepBase } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface Convert extends StepBase {
  readonly kind: 'convert';
  readonly to: string;
  /** SQL of the new column's value, over the columns of the alias `t`. */
  readonly value: string;
  readonly lossy: boolean;
  readonly key: RowKey;
}

/** Fills a shadow column by key order, by the expression that its trigger uses. `updated_at` stays. */
export const convert: BatchKind<Convert> = {
  mode: 'batches',
  lock: 'row locks, one batch at a time',
  batch: (step, cursor, size) =>
    updateWindow({ ...step, column: step.to, where: unlike(step) }, cursor, size),
  sql: (step) => [
    `update ${quoteTable(step.target)} as t set ${quoteIdentifier(step.to)} = ${step.value} where ${unlike(step)}`,
  ],
};

/** As texts, as the trigger compares them. */
function unlike({ to, value }: Convert): string {
  return `t.${quoteIdentifier(to)}::text is distinct from (${value})::text`;
}
