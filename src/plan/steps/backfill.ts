import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { BatchKind, StepBase } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface Backfill extends StepBase {
  readonly kind: 'backfill';
  readonly column: string;
  /** SQL of the value that rows with a null get. */
  readonly value: string;
  /** The Postgres type of the table's key. */
  readonly keyType: string;
}

/**
 * Fills nulls by key order. `updated_at` stays: the record did not change for anybody who reads it. Rows that a
 * writer holds are waited for, not skipped, so that a pass leaves none behind.
 */
export const backfill: BatchKind<Backfill> = {
  mode: 'batches',
  lock: 'row locks, one batch at a time',
  batch(step, cursor, size) {
    const table = quoteTable(step.target);
    const column = quoteIdentifier(step.column);
    const after = cursor === null ? '' : `and id > $1::${step.keyType}`;
    return {
      text: `
        with batch as (
          select id
          from ${table}
          where ${column} is null ${after}
          order by id
          limit ${Math.trunc(size)}
          for no key update
        ), filled as (
          update ${table} as t
          set ${column} = ${step.value}
          from batch
          where t.id = batch.id
        )
        select
          (select b.id::text from batch b order by b.id desc limit 1) as cursor,
          (select count(*) from batch)::text as rows`,
      params: cursor === null ? [] : [cursor],
    };
  },
  sql: (step) => [
    `update ${quoteTable(step.target)} set ${quoteIdentifier(step.column)} = ${step.value} where ${quoteIdentifier(step.column)} is null`,
  ],
};
