import { quoteLiteral } from '../../definition/identifiers.ts';
import { dropNotes, noteRecords } from './note-events.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface AdoptTable extends StepBase {
  readonly kind: 'adoptTable';
  readonly modelId: string;
  /** The column of its key. */
  readonly key: string;
}

/**
 * All that an adoption does to a table: the edge gets the rights that it has on any, on the sequences of its defaults
 * too, and what is written to it becomes events. No column and no row is touched.
 */
export const adoptTable: TransactionKind<AdoptTable> = {
  mode: 'transaction',
  lock: 'SHARE ROW EXCLUSIVE, no scan',
  run: (step) => [
    grantSchema(step.target.schema),
    `grant select, insert, update, delete on ${quoteTable(step.target)} to remodel_edge`,
    grantSequences(quoteTable(step.target)),
    ...noteRecords(step.target, step.modelId, step.key),
  ],
  undo: (step) => [
    ...dropNotes(step.target),
    `revoke select, insert, update, delete on ${quoteTable(step.target)} from remodel_edge`,
  ],
};

/** Who does not own the schema can grant it to nobody: the operator has done so, which was looked at before. */
function grantSchema(schema: string): string {
  const block = `begin
  if not has_schema_privilege('remodel_edge', ${quoteLiteral(schema)}, 'usage') then
    execute format('grant usage on schema %I to remodel_edge', ${quoteLiteral(schema)});
  end if;
end`;
  return `do ${quoteLiteral(block)}`;
}

/** The sequences that its defaults ask for a next value. */
function grantSequences(table: string): string {
  const block = `declare
  used record;
begin
  for used in
    select s.refobjid::regclass as sequence
    from pg_attrdef d
    join pg_depend s on s.classid = 'pg_attrdef'::regclass and s.objid = d.oid and s.refclassid = 'pg_class'::regclass
    join pg_class c on c.oid = s.refobjid and c.relkind = 'S'
    where d.adrelid = ${quoteLiteral(table)}::regclass
  loop
    execute format('grant usage on sequence %s to remodel_edge', used.sequence);
  end loop;
end`;
  return `do ${quoteLiteral(block)}`;
}
