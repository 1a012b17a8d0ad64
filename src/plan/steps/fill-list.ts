import { quoteIdentifier } from '../../definition/identifiers.ts';
import { inWindow, isInWindow } from './key-window.ts';
import type { ListPair } from './list-pair.ts';
import type { BatchKind, StepBase } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface FillList extends StepBase {
  readonly kind: 'fillList';
  readonly pair: ListPair;
}

/**
 * A link for each reference whose list is empty. Its record is held while it is made, so that a writer who changes
 * the reference finds the link, or has made another one by then. `offset 0` keeps Postgres from reading all links,
 * as it would to join them with the records of a batch.
 */
export const fillList: BatchKind<FillList> = {
  mode: 'batches',
  lock: 'row locks, one batch at a time',
  batch({ target, pair }, cursor, size) {
    const id = quoteIdentifier(pair.key.column);
    const column = quoteIdentifier(pair.column);
    const held = `held as materialized (
        select t.${id} as id, t.${column} as target
        from ${quoteTable(target)} as t
        where ${isInWindow(pair.key)}
          and t.${column} is not null
          and not exists (select from ${quoteTable(pair.links)} as k where k.source = t.${id} offset 0)
        for no key update of t
      )`;
    const changed = `changed as (
        insert into ${quoteTable(pair.links)} (source, target, position)
        select h.id, h.target, 1
        from held as h
        on conflict (source, target) do nothing
        returning 1
      )`;
    return inWindow({ target, key: pair.key }, [held, changed], cursor, size);
  },
  sql: ({ target, pair }) => [
    `insert into ${quoteTable(pair.links)} (source, target, position) select ${quoteIdentifier(pair.key.column)}, ${quoteIdentifier(pair.column)}, 1 from ${quoteTable(target)} where ${quoteIdentifier(pair.column)} is not null`,
  ],
};
