import { number } from '../catalog/columns.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';

/** Events that are looked at in one statement. */
const PAGE = 500;

/** More are not taken into the outbox: they wait where they are, for a day. */
const MAX_PENDING = 1000;

/**
 * Takes the next events of records into the outbox of a subscriber, and moves its position on: one statement, so that
 * each is taken once. Only those of transactions before which none is open: see `readEvents`. True where there may be
 * more at once.
 */
export async function takeEvents(database: Database, subscriber: string): Promise<boolean> {
  const [row] = await database.query(sql`
    with subscriber as (
      select s.id, s.workspace_id, s.events, s.model_ids, s.since, s.xid, s.n
      from remodel.subscribers s
      where s.id = ${subscriber}
        and s.status = 'active'
        and s.events && array['record.created', 'record.updated', 'record.deleted']
        and (
          select count(*)
          from remodel.messages m
          where m.subscriber_id = s.id
            and m.status = 'pending'
        ) < ${MAX_PENDING}::integer
      for update
    ), page as (
      select e.*, m.name, coalesce(d.body::json ->> 'keyColumn', 'id') = e.key as is_of_key,
        pg_visible_in_snapshot(e.xid, s.since) as is_older
      from subscriber s
      join remodel.models m on m.workspace_id = s.workspace_id
        and m.status = 'published'
        and (s.model_ids is null or m.id = any (s.model_ids))
      join remodel.definitions d on d.hash = m.hash
      cross join lateral (
        select e.xid, e.n, e.op, e.key, e.record_id, e.at
        from remodel.events e
        where e.model_id = m.id
          and (e.xid, e.n) > (s.xid, s.n)
          and e.xid < pg_snapshot_xmin(pg_current_snapshot())
        order by e.xid, e.n
        limit ${PAGE}::integer
      ) as e
      order by e.xid, e.n
      limit ${PAGE}::integer
    ), told as (
      insert into remodel.messages (subscriber_id, type, body)
      select s.id, t.type, json_build_object(
        'type', t.type,
        'timestamp', to_json(p.at),
        'data', json_build_object('workspace', w.slug, 'model', p.name, 'id', p.record_id)
      )::text
      from subscriber s
      join remodel.workspaces w on w.id = s.workspace_id
      cross join page p
      cross join lateral (select 'record.' || p.op || 'd' as type) as t
      where p.is_of_key
        and not p.is_older
        and t.type = any (s.events)
      order by p.xid, p.n
    ), last as (
      select p.xid, p.n
      from page p
      order by p.xid desc, p.n desc
      limit 1
    ), moved as (
      update remodel.subscribers u
      set
        (xid, n) = (
          select l.xid, l.n
          from last l
          where (select count(*) from page) = ${PAGE}::integer
          union all
          select pg_snapshot_xmin(pg_current_snapshot()), 0
          limit 1
        ),
        missed_at = case
          when u.xid < (select max(mark.xid) from remodel.event_marks mark where mark.at <= now() - interval '24 hours')
            then now()
          else u.missed_at
        end
      from subscriber s
      where u.id = s.id
    )
    select count(*)::text as taken
    from page
  `);
  return number(row, 'taken') === PAGE;
}
