import type { KeyType } from '../../definition/definition.ts';
import { quoteIdentifier } from '../../definition/identifiers.ts';
import { noteUnlinked } from './note-events.ts';
import type { StepBase, TableName, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

/** One of the two tables that a join table joins. */
export interface JoinedTable {
  readonly table: TableName;
  readonly keyType: KeyType;
  /** The foreign key to it: its name, and its SQL. */
  readonly constraint: string;
  /** Null where something else holds in its place until it comes. */
  readonly definition: string | null;
}

export interface CreateJoinTable extends StepBase {
  readonly kind: 'createJoinTable';
  /** The model whose lists it holds. */
  readonly modelId: string;
  readonly source: JoinedTable;
  readonly to: JoinedTable;
  /** The index from the target to its sources. */
  readonly index: string;
}

/** A new, empty table: its keys and its index stand in it from the start, and nothing is scanned for them. */
export const createJoinTable: TransactionKind<CreateJoinTable> = {
  mode: 'transaction',
  lock: 'SHARE ROW EXCLUSIVE on both tables, no scan',
  run(step) {
    const table = quoteTable(step.target);
    const key = ({ constraint, definition }: JoinedTable) =>
      definition === null ? [] : [`constraint ${quoteIdentifier(constraint)} ${definition}`];
    const lines = [
      `source ${step.source.keyType} not null`,
      `target ${step.to.keyType} not null`,
      'position integer not null',
      'primary key (source, target)',
      ...key(step.source),
      ...key(step.to),
    ];
    return [
      `create table ${table} (\n  ${lines.join(',\n  ')}\n)`,
      `create index ${quoteIdentifier(step.index)} on ${table} (target, source)`,
      `grant select, insert, update, delete on ${table} to remodel_edge`,
      ...noteUnlinked(step.target, step.modelId),
    ];
  },
  undo: (step) => [`drop table if exists ${quoteTable(step.target)}`],
};
