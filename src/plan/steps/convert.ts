import { quoteIdentifier } from '../../definition/identifiers.ts';
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
    const table = quoteTable(step.target);
    const to = quoteIdentifier(step.to);
    const after = cursor === null ? '' : `and t.id > $1::${step.keyType}`;
    return {
      text: `
        with batch as (
          select t.id
          from ${table} as t
          where t.${to} is distinct from ${step.value} ${after}
          order by t.id
          limit ${Math.trunc(size)}
          for no key update
        ), filled as (
          update ${table} as t
          set ${to} = ${step.value}
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
    `update ${quoteTable(step.target)} as t set ${quoteIdentifier(step.to)} = ${step.value} where t.${quoteIdentifier(step.to)} is distinct from ${step.value}`,
  ],
};
