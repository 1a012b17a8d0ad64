import { number } from '../catalog/columns.ts';
import { findViews } from '../catalog/find-views.ts';
import { canonicalJson } from '../definition/canonical.ts';
import { modelsReferredTo } from '../definition/definition.ts';
import { type ViewStatements, viewStatements } from '../plan/publish-views.ts';
import type { Publish } from '../plan/steps/publish.ts';
import { kindOf, tablesOfStep } from '../plan/steps.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import type { Run } from './migrator.ts';
import { type RecordedStep, stepDone } from './step-records.ts';
import { fencedTransaction } from './transaction.ts';

/**
 * One transaction: the DDL that only the new classes may meet, the readable views, the definitions, the catalog's
 * heads, the trash, and the mark that all this is done. Redis learns of it after the commit (invariant 1).
 */
export async function publishChange(
  run: Run,
  changeId: string,
  workspaceId: string,
  steps: readonly RecordedStep[],
): Promise<void> {
  const work = async (database: Database) => {
    for (const { n, step } of steps) {
      if (step.kind === 'publish') await writeCatalog(run, database, changeId, workspaceId, step);
      await database.query(stepDone(changeId, n));
    }
    await database.query(sql`
      update remodel.changes
      set committed_at = now()
      where id = ${changeId}
    `);
    return workOutViews(database, steps);
  };
  const onTables = inLockOrder(steps.filter(({ step }) => kindOf(step).mode === 'transaction'));
  await fencedTransaction(run, changeId, work, (views) => ({
    tables: onTables.flatMap(({ step }) => tablesOfStep(step)),
    statements: [...views.clear, ...onTables.flatMap(ddlOf), ...views.make],
  }));
}

function ddlOf({ step }: RecordedStep): readonly string[] {
  const kind = kindOf(step);
  return kind.mode === 'transaction' ? kind.run(step) : [];
}

/** What is to be done to the readable views; nothing where the change publishes nothing. */
async function workOutViews(database: Database, steps: readonly RecordedStep[]): Promise<ViewStatements> {
  for (const { step } of steps) {
    if (step.kind === 'publish') return viewStatements(step, await findViews(database, step));
  }
  return { clear: [], make: [] };
}

/** Tables in one fixed order. */
function inLockOrder(steps: readonly RecordedStep[]): readonly RecordedStep[] {
  const rank = ({ step }: RecordedStep) => step.target.table;
  return [...steps].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : a.n - b.n));
}

async function writeCatalog(
  run: Run,
  database: Database,
  changeId: string,
  workspaceId: string,
  step: Publish,
): Promise<void> {
  const [next] = await database.query(sql`select nextval('remodel.publish_seq')::text as seq`);
  const seq = number(next, 'seq');
  for (const id of step.droppedIds) {
    await database.query(sql`update remodel.models set status = 'trashed' where id = ${id}`);
  }
  for (const name of step.retiredNames) {
    await database.query(sql`
      update remodel.heads
      set seq = ${seq}, model_id = null, version = 0, hash = null
      where workspace_id = ${workspaceId}
        and name = ${name}
    `);
  }
  for (const { definition, hash, version } of step.published) {
    await database.query(sql`
      insert into remodel.definitions (hash, model_id, body)
      values (${hash}, ${definition.id}, ${canonicalJson(definition)})
      on conflict (hash) do nothing
    `);
    await database.query(sql`
      insert into remodel.models (id, workspace_id, name, status, version, hash, table_name, refers_to)
      values (
        ${definition.id}, ${workspaceId}, ${definition.name}, 'published', ${version}, ${hash}, ${definition.table},
        array(select json_array_elements_text(${modelsReferredTo(definition)}::json))
      )
      on conflict (id) do update
      set name = excluded.name, status = 'published', version = excluded.version, hash = excluded.hash,
        table_name = excluded.table_name, refers_to = excluded.refers_to, published_at = now()
    `);
    await database.query(sql`
      insert into remodel.versions (model_id, version, hash, change_id)
      values (${definition.id}, ${version}, ${hash}, ${changeId})
    `);
    await database.query(sql`
      insert into remodel.heads (workspace_id, name, seq, model_id, version, hash)
      values (${workspaceId}, ${definition.name}, ${seq}, ${definition.id}, ${version}, ${hash})
      on conflict (workspace_id, name) do update
      set seq = excluded.seq, model_id = excluded.model_id, version = excluded.version, hash = excluded.hash
    `);
  }
  for (const { kind, modelId, column } of step.restored ?? []) {
    await database.query(sql`
      delete from remodel.trash
      where model_id = ${modelId}
        and kind = ${kind}
        and column_name is not distinct from ${column}
    `);
  }
  for (const item of step.trashed) {
    await database.query(sql`
      insert into remodel.trash
        (id, workspace_id, kind, name, model_id, field_id, table_name, column_name, body, change_id, purge_after)
      select
        gen_random_uuid(), w.id, ${item.kind}, ${item.name}, ${item.modelId}, ${item.fieldId},
        ${item.table}, ${item.column}, ${item.body as object}, ${changeId},
        case when kept.days < 0 then 'infinity' else now() + kept.days * interval '1 day' end
      from remodel.workspaces w
      cross join lateral (
        select coalesce(w.trash_retention_days, ${run.migrator.trashRetentionDays}::double precision) as days
      ) as kept
      where w.id = ${workspaceId}
    `);
  }
}
