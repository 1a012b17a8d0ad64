/** Wishes about a change that is there: that it stops, or that it runs again. Both may be repeated. */
import { Failure } from '../failure.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import type { By } from './audit.ts';
import { assertChangeId } from './changes.ts';
import { text } from './columns.ts';

/**
 * Before it is published, a queued change ends at once, and a running one is left to the migrator to undo.
 * Throws `not_cancellable`.
 */
export async function cancelChange(database: Database, workspace: string, id: string, by: By): Promise<void> {
  assertChangeId(id);
  const cancelled = await database.query(sql`
    with cancelled as (
      update remodel.changes c
      set cancel_requested = true, revision = c.revision + 1,
        status = case c.status when 'queued' then 'cancelled' else c.status end,
        finished_at = case c.status when 'queued' then now() end
      from remodel.workspaces w
      where c.id = ${id}
        and w.id = c.workspace_id
        and w.slug = ${workspace}
        and w.trashed_at is null
        and c.status in ('queued', 'running')
        and c.committed_at is null
        and c.error is null
        and not c.cancel_requested
      returning c.id, c.workspace_id
    )
    select remodel.note_act(c.workspace_id, ${by}, 'change.cancelled', c.id::text)::text
    from cancelled c
  `);
  if (cancelled.length > 0) return;
  const { status, isCommitted, isCancelled, hasFailed } = await readSituation(database, workspace, id);
  if (isCommitted) {
    throw new Failure(
      'not_cancellable',
      'the change is published: send another one that leads back to the definition before it',
    );
  }
  if (hasFailed) {
    throw new Failure(
      'not_cancellable',
      `the change has failed: ${status === 'failed' ? 'all that it did was taken back' : 'it is being undone'}`,
    );
  }
  // Neither is it cancelled already: it was run again between the two statements.
  if (!isCancelled) await cancelChange(database, workspace, id, by);
}

/**
 * Queues a failed change again, behind all others, to be planned anew; of one that is published, the rules that
 * the data refused are tried again. Throws `not_retryable`.
 */
export async function retryChange(database: Database, workspace: string, id: string, by: By): Promise<void> {
  assertChangeId(id);
  const retried = await database.query(sql`
    with workspace as (
      update remodel.workspaces w
      set change_seq = w.change_seq + 1
      from remodel.changes c
      where c.id = ${id}
        and c.status = 'failed'
        and w.id = c.workspace_id
        and w.slug = ${workspace}
        and w.trashed_at is null
      returning w.id, w.change_seq
    ), retried as (
      update remodel.changes c
      set status = 'queued', seq = w.change_seq, plan = null, error = null, finished_at = null,
        cancel_requested = false, retried_at = now(), revision = c.revision + 1
      from workspace w
      where c.id = ${id}
        and c.workspace_id = w.id
        and c.status = 'failed'
      returning c.id, c.workspace_id
    )
    select remodel.note_act(c.workspace_id, ${by}, 'change.retried', c.id::text)::text
    from retried c
  `);
  if (retried.length > 0 || (await retryContract(database, workspace, id, by))) return;
  const situation = await readSituation(database, workspace, id);
  const { status, isCommitted, isCancelled, isRetried, hasFailed } = situation;
  // It failed between the two statements.
  if (status === 'failed') return retryChange(database, workspace, id, by);
  if (isRetried && !hasFailed && !isCancelled) return;
  if (hasFailed && !isCommitted) {
    throw new Failure('not_retryable', 'the change has failed and is being undone: try again in a moment');
  }
  if (status === 'done' && hasFailed) {
    throw new Failure(
      'not_retryable',
      'a model of the change has been changed since: take the rule away, and set it anew',
    );
  }
  throw new Failure(
    'not_retryable',
    isCancelled && !isCommitted
      ? 'the change was cancelled: send it as a new one'
      : 'only a change that has failed can be run again',
  );
}

/**
 * Lets the migrator try again to enforce what the data refused, as long as the models are as the change left them.
 * False where the change is not of that kind.
 */
async function retryContract(database: Database, workspace: string, id: string, by: By): Promise<boolean> {
  const rows = await database.query(sql`
    with retried as (
      update remodel.changes c
      set status = 'published', error = null, finished_at = null, retried_at = now(), revision = c.revision + 1
      from remodel.workspaces w
      where c.id = ${id}
        and w.id = c.workspace_id
        and w.slug = ${workspace}
        and w.trashed_at is null
        and c.status = 'done'
        and c.error is not null
        and not exists (
          select
          from remodel.versions v
          join remodel.models m on m.id = v.model_id
          where v.change_id = c.id
            and (m.version > v.version or m.status <> 'published')
        )
      returning c.id, c.workspace_id
    )
    select remodel.note_act(c.workspace_id, ${by}, 'change.retried', c.id::text)::text
    from retried c
  `);
  return rows.length > 0;
}

/** Where a change stands, as far as it decides about such wishes. Throws `unknown_change`. */
async function readSituation(database: Database, workspace: string, id: string) {
  const [row] = await database.query(sql`
    select
      c.status,
      (c.committed_at is not null)::text as is_committed,
      c.cancel_requested::text as is_cancelled,
      (c.retried_at is not null)::text as is_retried,
      (c.error is not null)::text as has_failed
    from remodel.changes c
    join remodel.workspaces w on w.id = c.workspace_id
    where c.id = ${id}
      and w.slug = ${workspace}
      and w.trashed_at is null
  `);
  if (!row) throw new Failure('unknown_change', `there is no change ${id}`);
  const is = (column: string) => row[column] === 'true';
  return {
    status: text(row, 'status'),
    isCommitted: is('is_committed'),
    isCancelled: is('is_cancelled'),
    isRetried: is('is_retried'),
    hasFailed: is('has_failed'),
  };
}
