/** Who is told of changes and records: made, changed and deleted by the edge. What they are told is the courier's. */
import { Failure } from '../failure.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import type { By } from './audit.ts';
import type { Repeatable } from './repeatable.ts';
import {
  assertSubscriberId,
  listSubscribers,
  type NamedModel,
  readSubscriber,
  SUBSCRIBER,
  type SubscribedEvent,
  type Subscriber,
  unknownSubscriber,
} from './shown-subscriber.ts';

/** What a subscriber is to be. */
export interface NewSubscriber {
  readonly url: string;
  readonly events: readonly SubscribedEvent[];
  /** Of whose records it is told; null: of all. */
  readonly models: readonly NamedModel[] | null;
  readonly secret: string;
}

/** What is to become of one that is there, and whether it is to be told anything. */
export type SubscriberChange = Partial<Omit<NewSubscriber, 'secret'>> & {
  readonly status?: 'active' | 'paused';
};

/** Of each workspace. */
const MAX_SUBSCRIBERS = 50;

/** What the audit log keeps of an address, for ever: the path and what follows it may hold what lets others in. */
const hostOf = (url: string) => `substring(${url} from '^[a-z]+://[^/?]+')`;

/** What the rows of subscribers have that are to be shown, for `returning`. */
const COLUMNS = `s.id, s.workspace_id, s.url, s.events, s.model_ids, s.status, s.paused_reason, s.failures,
  s.failing_since, s.missed_at, s.previous_until, s.created_at`;

/** Null where the key of the request was used before. Throws `unknown_workspace` and `too_many_subscribers`. */
export async function createSubscriber(
  database: Database,
  workspace: string,
  { url, events, models, secret }: NewSubscriber,
  { idempotencyKey, bodyHash }: Repeatable,
  by: By,
): Promise<Subscriber | null> {
  const [row] = await database.query({
    text: `
      with created as (
        insert into remodel.subscribers as s
          (workspace_id, url, events, model_ids, secret, idempotency_key, body_hash)
        select w.id, $2, array(select json_array_elements_text($3::json)), $4::text[], $5, $6, $7
        from remodel.workspaces w
        where w.slug = $1
          and w.trashed_at is null
          and (select count(*) from remodel.subscribers s where s.workspace_id = w.id) < ${MAX_SUBSCRIBERS}
        on conflict (workspace_id, idempotency_key) do nothing
        returning ${COLUMNS}
      )
      select ${SUBSCRIBER},
        remodel.note_act(
          s.workspace_id, $8, 'subscriber.created', s.id::text, null,
          jsonb_build_object('host', ${hostOf('s.url')}, 'events', s.events, 'models', s.model_ids)
        )::text as noted
      from created s`,
    params: [
      workspace,
      url,
      JSON.stringify(events),
      idArray(models),
      secret,
      idempotencyKey,
      bodyHash,
      JSON.stringify(by),
    ],
  });
  if (row) return readSubscriber(row);
  const { length } = await listSubscribers(database, workspace);
  if (length < MAX_SUBSCRIBERS) return null;
  throw new Failure(
    'too_many_subscribers',
    `a workspace may have ${MAX_SUBSCRIBERS} subscribers: delete another first`,
  );
}

/** One that is set to active is looked at at once, and what is in its way forgotten. Throws `unknown_subscriber`. */
export async function changeSubscriber(
  database: Database,
  workspace: string,
  id: string,
  change: SubscriberChange,
  by: By,
): Promise<Subscriber> {
  assertSubscriberId(id);
  const { url = null, events, models, status = null } = change;
  const [row] = await database.query({
    text: `
      with before as (
        select s.id, s.url, s.events, s.model_ids, s.status
        from remodel.subscribers s
        join remodel.workspaces w on w.id = s.workspace_id
        where s.id = $2
          and w.slug = $1
          and w.trashed_at is null
      ), changed as (
        update remodel.subscribers s
        set
          url = coalesce($3, s.url),
          events = case when $4::json is null then s.events else array(select json_array_elements_text($4::json)) end,
          model_ids = case when $5::boolean then $6::text[] else s.model_ids end,
          status = coalesce($7, s.status),
          paused_reason = case when $7::text is null then s.paused_reason end,
          failures = case when $7 = 'active' then 0 else s.failures end,
          failing_since = case when $7 = 'active' then null else s.failing_since end,
          missed_at = case when $7 = 'active' then null else s.missed_at end,
          due_at = now()
        from before b
        where s.id = b.id
        returning ${COLUMNS}
      )
      select ${SUBSCRIBER},
        remodel.note_act(
          s.workspace_id, $8, 'subscriber.changed', s.id::text,
          jsonb_build_object('host', ${hostOf('b.url')}, 'events', b.events, 'models', b.model_ids, 'status', b.status),
          jsonb_build_object('host', ${hostOf('s.url')}, 'events', s.events, 'models', s.model_ids, 'status', s.status)
        )::text as noted
      from changed s
      join before b on b.id = s.id`,
    params: [
      workspace,
      id,
      url,
      events ? JSON.stringify(events) : null,
      String(models !== undefined),
      idArray(models ?? null),
      status,
      JSON.stringify(by),
    ],
  });
  if (!row) throw unknownSubscriber(id);
  return readSubscriber(row);
}

/** What is not sent yet, nobody gets. Throws `unknown_subscriber`. */
export async function deleteSubscriber(
  database: Database,
  workspace: string,
  id: string,
  by: By,
): Promise<void> {
  assertSubscriberId(id);
  const rows = await database.query({
    text: `
      with deleted as (
        delete from remodel.subscribers s
        using remodel.workspaces w
        where s.id = $2
          and w.id = s.workspace_id
          and w.slug = $1
          and w.trashed_at is null
        returning s.id, s.workspace_id, s.url, s.events
      )
      select remodel.note_act(
        d.workspace_id, $3, 'subscriber.deleted', d.id::text,
        jsonb_build_object('host', ${hostOf('d.url')}, 'events', d.events), null
      )::text
      from deleted d`,
    params: [workspace, id, JSON.stringify(by)],
  });
  if (rows.length === 0) throw unknownSubscriber(id);
}

/** Gives a subscriber another secret; the one before is good for so many seconds more. Throws `unknown_subscriber`. */
export async function rotateSecret(
  database: Database,
  workspace: string,
  id: string,
  secret: string,
  overlapSeconds: number,
  by: By,
): Promise<void> {
  assertSubscriberId(id);
  const rows = await database.query(sql`
    select
      remodel.rotate_secret(s.id, ${secret}, ${overlapSeconds}::integer)::text,
      remodel.note_act(
        s.workspace_id, ${by}, 'subscriber.rotated', s.id::text, null,
        jsonb_build_object('overlapSeconds', ${overlapSeconds}::integer)
      )::text
    from remodel.subscribers s
    join remodel.workspaces w on w.id = s.workspace_id
    where s.id = ${id}
      and w.slug = ${workspace}
      and w.trashed_at is null
  `);
  if (rows.length === 0) throw unknownSubscriber(id);
}

/** Ids are letters and digits. */
function idArray(models: readonly NamedModel[] | null): string | null {
  return models && `{${models.map(({ id }) => id).join(',')}}`;
}
