import type { KeyType } from '../../definition/definition.ts';
import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { Statement } from '../../ports.ts';
import type { TableName } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

/** What the rows of a table are told apart by, and walked through in order of. */
export interface RowKey {
  readonly column: string;
  readonly type: KeyType;
}

/** A table that is gone through by its key. */
interface KeyedTable {
  readonly target: TableName;
  readonly key: RowKey;
}

/** An update of the rows under the next keys of a table. */
export interface WindowUpdate extends KeyedTable {
  readonly column: string;
  /** SQL of the new value, over the columns of the alias `t`. */
  readonly value: string;
  /** SQL of what tells a row that still has to be changed. */
  readonly where: string;
}

/** Changes the rows under the next `size` keys. Rows that a writer holds are waited for, not skipped. */
export function updateWindow(update: WindowUpdate, cursor: string | null, size: number): Statement {
  const changed = `changed as (
        update ${quoteTable(update.target)} as t
        set ${quoteIdentifier(update.column)} = ${update.value}
        where ${isInWindow(update.key)}
          and ${update.where}
        returning 1
      )`;
  return inWindow(update, [changed], cursor, size);
}

/** SQL condition that the row `t` is under a key that a batch looks at: both ends, so that Postgres goes by the index. */
export function isInWindow({ column }: RowKey): string {
  const key = `t.${quoteIdentifier(column)}`;
  return `${key} >= (select l.id from looked as l order by l.id limit 1)
          and ${key} <= (select l.id from looked as l order by l.id desc limit 1)`;
}

/**
 * A batch over the next `size` keys, whether or not their rows have to be changed: it takes no longer where few
 * rows do. The last of the clauses is `changed`, a row for each that was. Answers `cursor`, the last key that was
 * looked at (null behind the last row), and `rows`, how many were changed.
 */
export function inWindow(
  { target, key: { column, type } }: KeyedTable,
  clauses: readonly string[],
  cursor: string | null,
  size: number,
): Statement {
  const key = `t.${quoteIdentifier(column)}`;
  const after = cursor === null ? '' : `where ${key} > $1::${type}`;
  return {
    text: `
      with looked as materialized (
        select ${key} as id
        from ${quoteTable(target)} as t
        ${after}
        order by ${key}
        limit ${Math.trunc(size)}
      ), ${clauses.join(', ')}
      select
        (select l.id::text from looked as l order by l.id desc limit 1) as cursor,
        (select count(*) from changed)::text as rows`,
    params: cursor === null ? [] : [cursor],
  };
}
