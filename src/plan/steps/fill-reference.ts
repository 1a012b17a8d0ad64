import { quoteIdentifier } from '../../definition/identifiers.ts';
import { inWindow, isInWindow } from './key-window.ts';
import { currentValue, type ListPair } from './list-pair.ts';
import type { BatchKind, StepBase } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface FillReference extends StepBase {
  readonly kind: 'fillReference';
  readonly pair: ListPair;
  /** SQL of what the column says of a list, over the columns of the alias `t`. */
  readonly value: string;
  readonly lossy: boolean;
}

const unlike = ({ pair, value }: FillReference) =>
  `t.${quoteIdentifier(pair.column)} is distinct from ${value}`;

/**
 * Fills the column from the lists. A record that needs it is held first, and its list looked at only then: the
 * statement itself sees lists as they were when it began, and a writer may have changed one meanwhile.
 */
export const fillReference: BatchKind<FillReference> = {
  mode: 'batches',
  lock: 'row locks, one batch at a time',
  batch(step, cursor, size) {
    const { target, pair } = step;
    const table = quoteTable(target);
    const id = quoteIdentifier(pair.key.column);
    const column = quoteIdentifier(pair.column);
    const held = `held as materialized (
        select t.${id} as id
        from ${table} as t
        where ${isInWindow(pair.key)}
          and ${unlike(step)}
        for no key update of t
      )`;
    const worked = `worked as materialized (
        select h.id, ${currentValue(target, pair, 'h.id')} as value
        from held as h
      )`;
    const changed = `changed as (
        update ${table} as t
        set ${column} = w.value
        from worked as w
        where t.${id} = w.id
          and t.${column} is distinct from w.value
        returning 1
      )`;
    return inWindow({ target, key: pair.key }, [held, worked, changed], cursor, size);
  },
  sql: (step) => [
    `update ${quoteTable(step.target)} as t set ${quoteIdentifier(step.pair.column)} = ${step.value} where ${unlike(step)}`,
  ],
};
