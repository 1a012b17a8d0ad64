import { OPEN_CHANGE_COLUMNS, type OpenChange, readOpenChange } from '../catalog/change.ts';
import type { DatabaseSession } from '../ports.ts';
import { plain, sql } from '../statement.ts';
import { type Migrator, type Run, RunnerReplaced, SliceEnded } from './migrator.ts';
import { runChange } from './run-change.ts';
import { runContract } from './run-contract.ts';

/**
 * Does all the work that a workspace has at this moment: contract steps whose time has come, then its changes
 * by `seq`. A session lock keeps two runners apart (invariant 3). What the slice leaves is sent on by a message.
 */
export async function runWorkspace(migrator: Migrator, workspace: string): Promise<void> {
  const session = await migrator.connect();
  try {
    if (!(await lockWorkspace(session, workspace))) {
      await migrator.queue.send({ workspace }, 5);
      return;
    }
    const deadline = migrator.now() + migrator.sliceMilliseconds;
    const run: Run = { migrator, session, workspace, runner: crypto.randomUUID(), deadline };
    try {
      while (await runNext(run));
    } catch (error) {
      if (error instanceof RunnerReplaced) return;
      if (!(error instanceof SliceEnded)) throw error;
      await migrator.queue.send({ workspace }, error.delaySeconds);
    }
  } finally {
    await session.end();
  }
}

/** Waits a while for the runner that is at work, for it may just be about to end. */
async function lockWorkspace(session: DatabaseSession, workspace: string): Promise<boolean> {
  for (let tries = 0; tries < 20; tries++) {
    const [row] = await session.query(sql`
      select pg_try_advisory_lock(hashtextextended('remodel:' || ${workspace}, 0))::text as locked
    `);
    if (row?.['locked'] === 'true') return true;
    await session.query(plain('select pg_sleep(0.1)'));
  }
  return false;
}

/** One change, one stretch of its way. False where nothing is left to do now. */
async function runNext(run: Run): Promise<boolean> {
  const contract = await claim(run, 'contract');
  if (contract) {
    await runContract(run, contract);
    return true;
  }
  const change = await claim(run, 'change');
  if (!change) return false;
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
