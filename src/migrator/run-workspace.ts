import { OPEN_CHANGE_COLUMNS, type OpenChange, readOpenChange } from '../catalog/change.ts';
import { number, text, textOrNull } from '../catalog/columns.ts';
import { type DatabaseSession, HeadStoreError } from '../ports.ts';
import { sql } from '../statement.ts';
import { ContractPending, type Migrator, type Run, RunnerReplaced, SliceEnded } from './migrator.ts';
import { purgeNext } from './purge.ts';
import { purgeWorkspace } from './purge-workspace.ts';
import { runChange } from './run-change.ts';
import { runContract } from './run-contract.ts';

/** When the sweep looks after work that is on its way and whose message may be lost. */
const LOST_AFTER_MS = 60_000;

/**
 * Does all the work that a workspace has at this moment: contract steps whose time has come, then its changes
 * by `seq`, then what is to be purged. A session lock keeps two runners apart (invariant 3). What the slice leaves is sent on by a message.
 */
export async function runWorkspace(migrator: Migrator, workspace: string): Promise<void> {
  await underLock(migrator, workspace, async (run) => {
    try {
      while (await runNext(run));
    } catch (error) {
      if (error instanceof RunnerReplaced) return;
      if (error instanceof SliceEnded) await migrator.queue.send({ workspace }, error.delaySeconds);
      else if (!(error instanceof ContractPending)) throw error;
    }
    await noteWhatIsDue(run);
  });
}

/**
 * Fails the change that no invocation could bring on, after every retry of its message. What is committed
 * already is not taken back: the sweep goes on with it.
 */
export async function abandonChange(migrator: Migrator, workspace: string): Promise<void> {
  await underLock(migrator, workspace, async (run) => {
    const change = await claim(run, 'change');
    if (!change || change.isCommitted) return;
    const detail = 'the migrator could not go on with this change, after every retry; its log says why';
    await runChange(run, { ...change, error: change.error ?? { code: 'migrator_failed', detail } });
    await noteWhatIsDue(run);
  });
}

async function underLock(
  migrator: Migrator,
  workspace: string,
  work: (run: Run) => Promise<void>,
): Promise<void> {
  const session = await migrator.connect();
  try {
    const backend = await lockWorkspace(session, workspace);
    if (backend === null) {
      await migrator.queue.send({ workspace }, 5);
      return;
    }
    const deadline = migrator.now() + migrator.sliceMilliseconds;
    await work({ migrator, session, workspace, runner: crypto.randomUUID(), backend, deadline });
  } finally {
    await session.end();
  }
}

/**
 * Tells Redis when this workspace is to be looked at again, so that the sweep need not ask Postgres, and the courier of
 * whom it has something to tell.
 */
async function noteWhatIsDue(run: Run): Promise<void> {
  const { heads, now } = run.migrator;
  const [row] = await run.session.query(sql`
    select
      count(*) filter (where c.status <> 'published' and w.trashed_at is null)::text as under_way,
      (extract(epoch from min(c.contract_at) filter (where w.trashed_at is null) - now()) * 1000)::bigint::text
        as contract_in,
      (
        select string_agg(s.id::text, ' ')
        from remodel.workspaces v
        join remodel.subscribers s on s.workspace_id = v.id and s.status = 'active'
        where v.slug = ${run.workspace}
          and exists (
            select
            from remodel.messages m
            where m.subscriber_id = s.id
              and m.status = 'pending'
              and m.next_attempt_at <= now()
          )
      ) as to_be_told,
      (
        select (extract(epoch from min(t.purge_after) - now()) * 1000)::bigint::text
        from remodel.trash t
        join remodel.workspaces w on w.id = t.workspace_id
        join remodel.changes c on c.id = t.change_id
        where w.slug = ${run.workspace}
          and isfinite(t.purge_after)
          and c.status not in ('queued', 'running', 'published')
      ) as purge_in,
      (
        select (extract(epoch from w.trashed_at + kept.days * interval '1 day' - now()) * 1000)::bigint::text
        from remodel.workspaces w
        cross join lateral (
          select coalesce(w.trash_retention_days, ${run.migrator.trashRetentionDays}::double precision) as days
        ) as kept
        where w.slug = ${run.workspace}
          and kept.days >= 0
      ) as workspace_purge_in
    from remodel.changes c
    join remodel.workspaces w on w.id = c.workspace_id
    where w.slug = ${run.workspace}
      and c.status in ('queued', 'running', 'published')
  `);
  const waits = [
    ...(number(row, 'under_way') > 0 ? [LOST_AFTER_MS] : []),
    ...['contract_in', 'purge_in', 'workspace_purge_in'].flatMap((name) => {
      const wait = textOrNull(row, name);
      return wait === null ? [] : [Number(wait)];
    }),
  ];
  for (const subscriber of textOrNull(row, 'to_be_told')?.split(' ') ?? []) {
    await run.migrator.errands.send({ subscriber });
  }
  try {
    await heads.unschedule(run.workspace);
    if (waits.length > 0) await heads.schedule(run.workspace, now() + Math.min(...waits));
  } catch (error) {
    if (!(error instanceof HeadStoreError)) throw error;
    // Without Redis, the sweep asks the catalog itself.
    console.warn(JSON.stringify({ event: 'redis_unavailable', error: error.message }));
  }
}

/**
 * Waits a while for the runner that is at work, for it may just be about to end. Answers the process that holds the
 * lock now, or null.
 */
async function lockWorkspace(session: DatabaseSession, workspace: string): Promise<string | null> {
  // Two seconds in all.
  for (const seconds of [0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 0.8, 0]) {
    const [row] = await session.query(sql`
      select
        pg_try_advisory_lock(hashtextextended('remodel:' || ${workspace}, 0))::text as locked,
        pg_backend_pid()::text as backend
    `);
    if (row?.['locked'] === 'true') return text(row, 'backend');
    await session.query(sql`select pg_sleep(${seconds}::double precision)`);
  }
  return null;
}

/** One change, one stretch of its way. False where nothing is left to do now. */
async function runNext(run: Run): Promise<boolean> {
  const contract = await claim(run, 'contract');
  if (contract) {
    await runContract({ ...run, isPublished: true }, contract);
    return true;
  }
  const change = await claim(run, 'change');
  // Only where no change is open: one that has begun may be bringing back what is due to be purged.
  if (!change) return (await purgeNext(run)) || purgeWorkspace(run);
  await runChange(run, change);
  return true;
}

/** Takes over the next change: from here on, an earlier runner's transactions find themselves replaced. */
async function claim(run: Run, what: 'contract' | 'change'): Promise<OpenChange | null> {
  const { text, params } = sql`
    update remodel.changes c
    set runner = ${run.runner}, started_at = coalesce(c.started_at, now()),
      status = case c.status when 'queued' then 'running' else c.status end
    where c.id = (
      select next.id
      from remodel.changes next
      join remodel.workspaces w on w.id = next.workspace_id
      where w.slug = ${run.workspace}
        and w.trashed_at is null
        and case ${what}
          when 'contract' then next.status = 'published' and next.contract_at <= now()
          else next.status in ('queued', 'running')
        end
      order by next.seq
      limit 1
    )
    returning
  `;
  const [row] = await run.session.query({ text: text + OPEN_CHANGE_COLUMNS, params });
  return row ? readOpenChange(row) : null;
}
