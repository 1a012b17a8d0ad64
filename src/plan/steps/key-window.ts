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

/** An update of the rows under the next keys of a table. */
export interface WindowUpdate {
  readonly target: TableName;
  readonly key: RowKey;
  readonly column: string;
  /** SQL of the new value, over the columns of the alias `t`. */
  readonly value: string;
  /** SQL of what tells a row that still has to be changed. */
  readonly where: string;
}

/**
 * Looks at the next `size` keys, whether or not their rows have to be changed: a batch takes no longer where few
 * rows do. Answers `cursor`, the last key that was looked at (null behind the last row), and `rows`, how many
 * were changed. Rows that a writer holds are waited for, not skipped. Both ends of the range are given, so that
 * Postgres goes by the index of the key.
 */
export function updateWindow(update: WindowUpdate, cursor: string | null, size: number): Statement {
  const table = quoteTable(update.target);
  const key = quoteIdentifier(update.key.column);
  const after = cursor === null ? '' : `where t.${key} > $1::${update.key.type}`;
  return {
    text: `
      with looked as materialized (
        select t.${key} as id
        from ${table} as t
        ${after}
        order by t.${key}
        limit ${Math.trunc(size)}
      ), changed as (
        update ${table} as t
        set ${quoteIdentifier(update.column)} = ${update.value}
        where t.${key} >= (select l.id from looked as l order by l.id limit 1)
          and t.${key} <= (select l.id from looked as l order by l.id desc limit 1)
          and ${update.where}
        returning 1
      )
      select
        (select l.id::text from looked as l order by l.id desc limit 1) as cursor,
        (select count(*) from changed)::text as rows`,
    params: cursor === null ? [] : [cursor],
  };
}
