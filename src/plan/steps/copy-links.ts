import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { RowKey } from './key-window.ts';
import { type Mirrored, otherKey } from './mirror-links.ts';
import type { BatchKind, StepBase, TableName } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface CopyLinks extends StepBase, Mirrored {
  readonly kind: 'copyLinks';
  readonly next: TableName;
  /** The table of the records that the lists belong to, and its key: batches are lists of the next records. */
  readonly owner: TableName;
  readonly key: RowKey;
}

/**
 * Copies the links of a join table to the next one, record by record. A link is held while it is copied, so that
 * its deletion, if one comes, is mirrored after it.
 */
export const copyLinks: BatchKind<CopyLinks> = {
  mode: 'batches',
  lock: 'row locks, one batch at a time',
  batch(step, cursor, size) {
    const key = quoteIdentifier(step.key.column);
    const after = cursor === null ? '' : `where t.${key} > $1::${step.key.type}`;
    return {
      text: `
        with looked as materialized (
          select t.${key} as id
          from ${quoteTable(step.owner)} as t
          ${after}
          order by t.${key}
          limit ${Math.trunc(size)}
        ), held as (
          select l.source, l.target, l.position
          from ${quoteTable(step.target)} as l
          where l.source >= (select o.id from looked as o order by o.id limit 1)
            and l.source <= (select o.id from looked as o order by o.id desc limit 1)
          order by l.source, l.target
          for key share
        ), copied as (
          ${copy(step, 'held')}
          returning 1
        )
        select
          (select o.id::text from looked as o order by o.id desc limit 1) as cursor,
          (select count(*) from copied)::text as rows`,
      params: cursor === null ? [] : [cursor],
    };
  },
  sql: (step) => [copy(step, quoteTable(step.target))],
};

function copy(step: CopyLinks, links: string): string {
  const source = otherKey(step.source, 'h.source', 'forward');
  const target = otherKey(step.to, 'h.target', 'forward');
  return `insert into ${quoteTable(step.next)} (source, target, position) select ${source}, ${target}, h.position from ${links} as h on conflict (source, target) do nothing`;
}
