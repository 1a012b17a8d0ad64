import type { Referred } from '../conversions/reference.ts';
import { inWindow, type RowKey } from './key-window.ts';
import type { BatchKind, StepBase, TableName } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface PruneLinks extends StepBase {
  readonly kind: 'pruneLinks';
  /** The table of the records that the lists belong to, and its key: batches are lists of the next records. */
  readonly owner: TableName;
  readonly key: RowKey;
  readonly refersTo: Referred;
}

/** Takes links to records that were deleted while the lists lay in the trash. */
export const pruneLinks: BatchKind<PruneLinks> = {
  mode: 'batches',
  lock: 'row locks, one batch at a time',
  batch(step, cursor, size) {
    const changed = `changed as (
        delete from ${quoteTable(step.target)} as l
        where l.source >= (select o.id from looked as o order by o.id limit 1)
          and l.source <= (select o.id from looked as o order by o.id desc limit 1)
          and ${isOrphan(step)}
        returning 1
      )`;
    return inWindow({ target: step.owner, key: step.key }, [changed], cursor, size);
  },
  sql: (step) => [`delete from ${quoteTable(step.target)} as l where ${isOrphan(step)}`],
};

function isOrphan({ refersTo }: PruneLinks): string {
  return `not exists (select from ${refersTo.table} as r where r.${refersTo.key} = l.target)`;
}
