import { text } from '../catalog/columns.ts';
import { readDefinition } from '../catalog/workspace-state.ts';
import { schemaOf } from '../definition/adopted.ts';
import type { Definition } from '../definition/definition.ts';
import { quoteLiteral } from '../definition/identifiers.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { keyField } from '../definition/system-fields.ts';
import { FIRST_TRIGGER, noteRecords, noteUnlinked } from '../plan/steps/note-events.ts';
import { quoteTable } from '../plan/steps/table-sql.ts';
import { type Database, DatabaseError } from '../ports.ts';
import { plain, sql } from '../statement.ts';

/**
 * Has the writes of tables noted that were made before there were events. Not by a migration of the catalog: that
 * would hold the locks of all of them until it ends, and its role need not own them. What cannot be had at once is
 * left to the next sweep.
 */
export async function noteOlderTables(session: Database): Promise<void> {
  const rows = await session.query(sql`
    select w.slug, d.body
    from remodel.models m
    join remodel.workspaces w on w.id = m.workspace_id
    join remodel.definitions d on d.hash = m.hash
    where m.status = 'published'
      and w.trashed_at is null
      and not exists (
        select
        from pg_trigger t
        where t.tgrelid = to_regclass(format('%I.%I', coalesce(d.body::json #>> '{adopted,schema}', w.slug || '_data'), m.table_name))
          and t.tgname = ${FIRST_TRIGGER}
      )
  `);
  for (const row of rows) {
    const definition = readDefinition(text(row, 'body'));
    try {
      await session.query(plain(noteTable(text(row, 'slug'), definition)));
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      await session.query(plain('rollback'));
      console.warn(JSON.stringify({ event: 'not_noted', table: definition.table, error: error.message }));
    }
  }
}

/** Looked at again under the lock: a change of the key may have been quicker. */
function noteTable(workspace: string, definition: Definition): string {
  const target = { schema: schemaOf(workspace, definition), table: definition.table };
  const table = quoteTable(target);
  const lists = definition.fields.filter(hasJoinTable);
  const statements = [
    ...noteRecords(target, definition.id, keyField(definition).column),
    ...lists.flatMap(({ column }) => noteUnlinked({ ...target, table: column }, definition.id)),
  ];
  const block = `begin
  lock table ${table} in share row exclusive mode;
  if not exists (
    select
    from pg_trigger
    where tgrelid = ${quoteLiteral(table)}::regclass
      and tgname = ${quoteLiteral(FIRST_TRIGGER)}
  ) then
    ${statements.join(';\n    ')};
  end if;
end`;
  return `begin; set local lock_timeout = '40ms'; do ${quoteLiteral(block)}; commit`;
}
