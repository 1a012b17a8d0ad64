import type { By } from '../catalog/audit.ts';
import { text, textOrNull } from '../catalog/columns.ts';
import { readDefinition } from '../catalog/workspace-state.ts';
import { schemaOf } from '../definition/adopted.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { type Purged, purgeStatements } from '../plan/purge-statements.ts';
import { type Database, DatabaseError, type Row } from '../ports.ts';
import { sql } from '../statement.ts';
import { type Run, SliceEnded } from './migrator.ts';
import { lockedTransaction } from './transaction.ts';

/** Whose act a purge is noted as: what is due, is due by itself. */
export const SYSTEM: By = { actor: { kind: 'system' }, source: 'migrator', requestId: null };

/**
 * Purges one entry of the trash whose time has come, in one transaction with its record; false where there is none.
 * What still waits for the contract steps of its drop is left for later. The versions of its model stay.
 */
export async function purgeNext(run: Run): Promise<boolean> {
  if (run.migrator.now() > run.deadline) throw new SliceEnded(0);
  const [row] = await run.session.query(sql`
    select
      t.id::text,
      t.kind,
      t.model_id,
      t.table_name,
      t.column_name,
      t.body::text,
      m.status,
      d.body as model,
      (
        select o.schema_name
        from remodel.trash o
        where o.model_id = t.model_id
          and o.kind = 'model'
      ) as schema_name,
      (
        select coalesce(json_agg(f.column_name), '[]')
        from remodel.trash f
        where f.model_id = t.model_id
          and f.kind = 'field'
          and f.body ->> 'type' = 'references'
      )::text as links
    from remodel.trash t
    join remodel.workspaces w on w.id = t.workspace_id
    join remodel.changes c on c.id = t.change_id
    join remodel.models m on m.id = t.model_id
    join remodel.definitions d on d.hash = m.hash
    where w.slug = ${run.workspace}
      and t.purge_after <= now()
      and c.status not in ('queued', 'running', 'published')
    order by t.purge_after, t.n
    limit 1
  `);
  if (!row) return false;
  const id = text(row, 'id');
  const purged = readPurged(run.workspace, row);
  if (purged) await purge(run, id, purged);
  else await postpone(run, id, 'its table did not get to the trash: retry the change that dropped it');
  return true;
}

async function purge(run: Run, id: string, purged: Purged): Promise<void> {
  try {
    await lockedTransaction(
      run,
      (database) => forget(database, id),
      () => purgeStatements(run.workspace, purged),
    );
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    await postpone(run, id, `Postgres refused to drop it (SQLSTATE ${error.sqlState}): ${error.message}`);
  }
}

/** With a model go the entries of fields that it had lost before, whose columns and links go with its table. */
async function forget(database: Database, id: string): Promise<void> {
  await database.query(sql`
    with gone as (
      delete from remodel.trash t
      using remodel.trash wanted
      where wanted.id = ${id}
        and (t.id = wanted.id or (wanted.kind = 'model' and t.model_id = wanted.model_id))
      returning t.id, t.workspace_id, t.kind, t.name
    )
    select remodel.note_act(
      workspace_id, ${SYSTEM}, 'trash.purged', id::text, jsonb_build_object('kind', kind, 'name', name)
    )
    from gone
  `);
}

/** Something of the operator's reads it, a view perhaps: it stays for another day, and says why. */
async function postpone(run: Run, id: string, detail: string): Promise<void> {
  const reason = { code: 'purge_refused', detail };
  await run.session.query(sql`
    update remodel.trash
    set error = ${reason}, purge_after = now() + interval '1 day'
    where id = ${id}
  `);
}

/** What is to be dropped; null for a table that is not in the trash: in its place may stand another. */
function readPurged(slug: string, row: Row): Purged | null {
  const body = text(row, 'body');
  const schema = textOrNull(row, 'schema_name');
  if (row['kind'] === 'model') {
    const definition: Definition = JSON.parse(body);
    return schema === null
      ? null
      : { kind: 'model', definition, schema, links: JSON.parse(text(row, 'links')) };
  }
  const field: Field = JSON.parse(body);
  return {
    kind: 'field',
    modelId: text(row, 'model_id'),
    field,
    table: text(row, 'table_name'),
    column: text(row, 'column_name'),
    schema: schema ?? schemaOf(slug, readDefinition(text(row, 'model'))),
  };
}
