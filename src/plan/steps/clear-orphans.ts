import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { Referred } from '../conversions/reference.ts';
import { type RowKey, updateWindow } from './key-window.ts';
import type { BatchKind, StepBase } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface ClearOrphans extends StepBase {
  readonly kind: 'clearOrphans';
  readonly column: string;
  readonly refersTo: Referred;
  readonly key: RowKey;
}

/** Empties references to records that were deleted while their column lay in the trash. */
export const clearOrphans: BatchKind<ClearOrphans> = {
  mode: 'batches',
  lock: 'row locks, one batch at a time',
  batch: (step, cursor, size) =>
    updateWindow({ ...step, value: 'null', where: isOrphan(step) }, cursor, size),
  sql: (step) => [
    `update ${quoteTable(step.target)} as t set ${quoteIdentifier(step.column)} = null where ${isOrphan(step)}`,
  ],
};

function isOrphan({ column, refersTo }: ClearOrphans): string {
  const value = `t.${quoteIdentifier(column)}`;
  return `${value} is not null and not exists (select from ${refersTo.table} as r where r.${refersTo.key} = ${value})`;
}
