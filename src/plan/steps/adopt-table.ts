import { quoteLiteral } from '../../definition/identifiers.ts';
import { dropNotes, notedModel, noteRecords } from './note-events.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface AdoptTable extends StepBase {
  readonly kind: 'adoptTable';
  readonly modelId: string;
  /** The column of its key. */
  readonly key: string;
  /** The rights on the table that the edge lacks. */
  readonly grants: readonly string[];
}

/** What the edge does with any table. */
export const EDGE_RIGHTS = ['select', 'insert', 'update', 'delete'] as const;

/** Raised where the table became another model's since it was looked at, be it one of another workspace. */
export const TABLE_TAKEN = 'RM003';

/**
 * All that an adoption does to a table: the edge gets the rights that it has on any, on the sequences of its defaults
 * too, and what is written to it becomes events. No column and no row is touched.
 */
export const adoptTable: TransactionKind<AdoptTable> = {
  mode: 'transaction',
  lock: 'SHARE ROW EXCLUSIVE, no scan',
  run: (step) => [
    // Two workspaces may be at it at once.
    `lock table ${quoteTable(step.target)} in share row exclusive mode`,
    assertFree(step),
    grantSchema(step.target.schema),
    ...rightsSql('grant', step),
    grantSequences(quoteTable(step.target)),
    ...noteRecords(step.target, step.modelId, step.key),
  ],
  undo: (step) => [dropOwnNotes(step), ...rightsSql('revoke', step)],
};

function rightsSql(verb: 'grant' | 'revoke', { grants, target }: AdoptTable): readonly string[] {
  if (grants.length === 0) return [];
  return [
    `${verb} ${grants.join(', ')} on ${quoteTable(target)} ${verb === 'grant' ? 'to' : 'from'} remodel_edge`,
  ];
}

/** SQL of the id of the model that has the table now; null where none has. */
function owner({ target }: AdoptTable): string {
  return notedModel(`to_regclass(${quoteLiteral(quoteTable(target))})`);
}

function assertFree(step: AdoptTable): string {
  const block = `begin
  if ${owner(step)} <> ${quoteLiteral(step.modelId)} then
    raise exception 'the table is a model of others' using errcode = '${TABLE_TAKEN}';
  end if;
end`;
  return `do ${quoteLiteral(block)}`;
}

/** The triggers of another model stay. */
function dropOwnNotes(step: AdoptTable): string {
  const drops = dropNotes(step.target).map((text) => `execute ${quoteLiteral(text)};`);
  const block = `begin
  if ${owner(step)} = ${quoteLiteral(step.modelId)} then
    ${drops.join('\n    ')}
  end if;
end`;
  return `do ${quoteLiteral(block)}`;
}

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
      and case when c.relkind = 'S' then not has_sequence_privilege('remodel_edge', c.oid, 'usage') end
  loop
    execute format('grant usage on sequence %s to remodel_edge', used.sequence);
  end loop;
end`;
  return `do ${quoteLiteral(block)}`;
}
