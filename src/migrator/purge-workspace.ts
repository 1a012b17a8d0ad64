import { number, text } from '../catalog/columns.ts';
import { quoteIdentifier, quoteLiteral } from '../definition/identifiers.ts';
import { dataSchema, ownTrashSchema, trashSchema, viewSchema } from '../definition/physical-names.ts';
import { quoteTable } from '../plan/steps/table-sql.ts';
import { SCHEMA_MARK } from '../plan/view.ts';
import type { Statement } from '../ports.ts';
import { sql } from '../statement.ts';
import { type Run, SliceEnded } from './migrator.ts';
import { SYSTEM } from './purge.ts';
import { lockedTransaction } from './transaction.ts';

/** Rows of the catalog that go at once. */
const BATCH = 2000;

/**
 * Purges a workspace that has lain in the trash for as long as it is kept, a table or a batch of rows at a time: first
 * what it holds, then what the catalog knows of it. Each step looks at what is there, so that it goes on wherever it
 * was killed. False where there is nothing to do. Its audit log stays.
 */
export async function purgeWorkspace(run: Run): Promise<boolean> {
  const [row] = await run.session.query(sql`
    update remodel.workspaces w
    set purged_at = coalesce(w.purged_at, now())
    from (select ${run.migrator.trashRetentionDays}::double precision as days) as kept
    where w.slug = ${run.workspace}
      and coalesce(w.trash_retention_days, kept.days) >= 0
      and w.trashed_at + coalesce(w.trash_retention_days, kept.days) * interval '1 day' <= now()
    returning w.id::text
  `);
  if (!row) return false;
  const id = text(row, 'id');
  while (await dropNextTable(run)) endSlice(run);
  await dropSchemas(run);
  for (const batch of BATCHES) while ((await forgetRows(run, id, batch)) === BATCH) endSlice(run);
  await run.migrator.heads.forget(run.workspace);
  await lockedTransaction(run, (database) => database.query(forgetWorkspace(id)));
  return false;
}

function endSlice({ migrator, deadline }: Run): void {
  if (migrator.now() > deadline) throw new SliceEnded(0);
}

/** One table, with the foreign keys to it and the views over it. */
async function dropNextTable(run: Run): Promise<boolean> {
  const [row] = await run.session.query(sql`
    select n.nspname as schema, c.relname as table
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where (
        n.nspname in (${dataSchema(run.workspace)}, ${trashSchema(run.workspace)})
        or starts_with(n.nspname, ${ownTrashSchema(run.workspace, '')})
      )
      and c.relkind = 'r'
    order by 1, 2
    limit 1
  `);
  if (!row) return false;
  const table = { schema: text(row, 'schema'), table: text(row, 'table') };
  const statements = [`drop table if exists ${quoteTable(table)} cascade`];
  await lockedTransaction(
    run,
    async () => undefined,
    () => ({ tables: [table], statements }),
  );
  return true;
}

/** The schema of views stays where it is not Remodel's, or where somebody put something of theirs into it. */
async function dropSchemas(run: Run): Promise<void> {
  const views = viewSchema(run.workspace);
  const dropViews = `begin
  if obj_description(to_regnamespace(${quoteLiteral(quoteIdentifier(views))}), 'pg_namespace') = ${quoteLiteral(SCHEMA_MARK)} then
    drop schema ${quoteIdentifier(views)};
  end if;
exception when dependent_objects_still_exist then null;
end`;
  const dropOwn = `declare
  own name;
begin
  for own in
    select nspname
    from pg_namespace
    where starts_with(nspname, ${quoteLiteral(ownTrashSchema(run.workspace, ''))})
  loop
    execute format('drop schema %I cascade', own);
  end loop;
end`;
  const statements = [
    `drop schema if exists ${quoteIdentifier(dataSchema(run.workspace))} cascade`,
    `drop schema if exists ${quoteIdentifier(trashSchema(run.workspace))} cascade`,
    `do ${quoteLiteral(dropOwn)}`,
    `do ${quoteLiteral(dropViews)}`,
  ];
  await lockedTransaction(
    run,
    async () => undefined,
    () => ({ tables: [], statements }),
  );
}

/** One batch of rows; answers how many went. */
async function forgetRows(run: Run, id: string, batch: string): Promise<number> {
  const statement = { text: `with ${batch} select count(*)::text as gone from gone`, params: [id] };
  const [row] = await lockedTransaction(run, (database) => database.query(statement));
  return number(row, 'gone');
}

/**
 * Batches of rows, in an order in which nothing refers to what goes: CTEs of which the last is `gone`, a row for each
 * that went. $1 is the workspace.
 */
const BATCHES: readonly string[] = [
  ofParent('events', 'model_id', 'models'),
  ofParent('versions', 'model_id', 'models'),
  ofParent('steps', 'change_id', 'changes'),
  ...['heads', 'former_names', 'trash', 'idempotency_keys', 'keys', 'changes'].map(
    (table) => `gone as (${deleteRows(table)} returning 1)`,
  ),
  // Models, then their definitions, which they referred to until then.
  `gone as (${deleteRows('models')} returning id), definitions as (
    delete from remodel.definitions where model_id in (select id from gone)
  )`,
];

function deleteRows(table: string): string {
  return `delete from remodel.${table} where ctid = any (array(
    select ctid from remodel.${table} where workspace_id = $1 limit ${BATCH}
  ))`;
}

function ofParent(table: string, column: string, parent: string): string {
  return `gone as (
    delete from remodel.${table} where ctid = any (array(
      select c.ctid from remodel.${table} c join remodel.${parent} p on p.id = c.${column} where p.workspace_id = $1 limit ${BATCH}
    )) returning 1
  )`;
}

/** The last: what else belongs to it goes along, for it is told to by its foreign key. */
function forgetWorkspace(id: string): Statement {
  return sql`
    with gone as (
      delete from remodel.workspaces
      where id = ${id}
      returning id, slug, label
    )
    select remodel.note_act(id, ${SYSTEM}, 'workspace.purged', slug, jsonb_build_object('label', label))
    from gone
  `;
}
