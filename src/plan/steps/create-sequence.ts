import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import { objectName } from '../../definition/physical-names.ts';
import type { StepBase, TableName, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface CreateSequence extends StepBase {
  readonly kind: 'createSequence';
  readonly column: string;
}

/** The sequence that numbers a column of a table. */
export function sequenceOf({ schema, table }: TableName, column: string): TableName {
  return { schema, table: objectName('seq', `${table}_${column}`) };
}

/** Numbers for a key that the table was not made with; it goes with its column. */
export const createSequence: TransactionKind<CreateSequence> = {
  mode: 'transaction',
  lock: 'ACCESS SHARE',
  run(step) {
    const sequence = quoteTable(sequenceOf(step.target, step.column));
    return [
      `create sequence ${sequence} as bigint`,
      ownAsTable(sequence, quoteTable(step.target)),
      `alter sequence ${sequence} owned by ${quoteTable(step.target)}.${quoteIdentifier(step.column)}`,
      `grant usage on sequence ${sequence} to remodel_edge`,
    ];
  },
  undo: () => [],
};

/** Postgres asks for one owner of both; an adopted table may be another role's that the migrator is a member of. */
function ownAsTable(sequence: string, table: string): string {
  const block = `begin
  execute format('alter sequence %s owner to %I', ${quoteLiteral(sequence)}, (
    select pg_get_userbyid(relowner)
    from pg_class
    where oid = ${quoteLiteral(table)}::regclass
  ));
end`;
  return `do ${quoteLiteral(block)}`;
}
