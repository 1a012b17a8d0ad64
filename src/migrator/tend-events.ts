import { number, text } from '../catalog/columns.ts';
import type { Database } from '../ports.ts';
import { plain, sql } from '../statement.ts';
import { forgetAnswers } from './forget-answers.ts';
import { forgetKeys } from './forget-keys.ts';
import type { Migrator } from './migrator.ts';
import { noteOlderTables } from './note-older-tables.ts';
import { sweep } from './sweep.ts';

/** Rows that nobody waits for: about a tenth of a second. */
const BATCH = 5000;

/** What cron calls: the sweep, and whenever that looks at the whole catalog, the events of records. */
export async function everyMinute(migrator: Migrator): Promise<void> {
  if (await sweep(migrator)) await tendEvents(migrator);
}

/** Sees to it that all tables make events, and that those that are older than their retention go. */
async function tendEvents(migrator: Migrator): Promise<void> {
  const session = await migrator.connect();
  try {
    await noteOlderTables(session);
    await markTime(session);
    await forgetDeliveries(session);
    await forgetAnswers(session);
    await forgetKeys(session, migrator.heads);
    await sendErrands(migrator, session);
    // A batch ends where it is full; a bitmap would be of all that is old, again and again.
    await session.query(plain('set enable_bitmapscan = off'));
    const end = migrator.now() + migrator.sliceMilliseconds;
    while ((await pruneEvents(session)) === BATCH && migrator.now() < end);
  } finally {
    await session.end();
  }
}

/** Of the marks that are older than the retention, the newest is the one that counts: see `readEvents`. */
async function markTime(session: Database): Promise<void> {
  await session.query(
    plain(`
      insert into remodel.event_marks (xid)
      select pg_snapshot_xmin(pg_current_snapshot())
      where not exists (select from remodel.event_marks where at > now() - interval '30 minutes')`),
  );
  await session.query(
    plain(`
      delete from remodel.event_marks
      where at < (select max(at) from remodel.event_marks where at <= now() - interval '24 hours')`),
  );
}

/**
 * What came by webhook and what was sent, a week after; what waits for a subscriber that is paused, a month after. The
 * time of a delivery is over long before, and what was made of it is known by the change. GitHub signs no time, so that
 * what it sent must be known for ever.
 */
async function forgetDeliveries(session: Database): Promise<void> {
  await session.query(
    plain(`
      delete from remodel.webhook_ids
      where source <> 'github'
        and created_at < now() - interval '7 days'`),
  );
  await session.query(
    plain(`
      delete from remodel.messages
      where ended_at < now() - interval '7 days'
        or created_at < now() - interval '30 days'`),
  );
}

/** For subscribers who have something to be told since more than a minute: their errand was lost. */
async function sendErrands({ errands }: Migrator, session: Database): Promise<void> {
  const rows = await session.query(
    plain(`
      select s.id::text
      from remodel.subscribers s
      join remodel.workspaces w on w.id = s.workspace_id
      where s.status = 'active'
        and w.trashed_at is null
        and (
          s.due_at < now() - interval '1 minute'
          or exists (
            select
            from remodel.messages m
            where m.subscriber_id = s.id
              and m.status = 'pending'
              and m.next_attempt_at < now() - interval '1 minute'
          )
        )`),
  );
  for (const row of rows) await errands.send({ subscriber: text(row, 'id') });
}

/** One batch, found by the primary key of each model; answers how many events went. */
async function pruneEvents(session: Database): Promise<number> {
  const [row] = await session.query(sql`
    with old as (
      select e.model_id, e.xid, e.n
      from remodel.models m
      cross join lateral (
        select e.model_id, e.xid, e.n
        from remodel.events e
        where e.model_id = m.id
          and e.xid < (
            select max(mark.xid)
            from remodel.event_marks mark
            where mark.at <= now() - interval '24 hours'
          )
        order by e.xid, e.n
        limit ${BATCH}::integer
      ) as e
      limit ${BATCH}::integer
    ), gone as (
      delete from remodel.events e
      using old
      where e.model_id = old.model_id
        and e.xid = old.xid
        and e.n = old.n
      returning 1
    )
    select count(*)::text as gone from gone
  `);
  return number(row, 'gone');
}
