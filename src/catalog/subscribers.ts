import { Failure } from '../failure.ts';
import type { Database, Row, Statement } from '../ports.ts';
import { sql } from '../statement.ts';
import type { By } from './audit.ts';
import { text } from './columns.ts';

/** What subscribers may be told of. */
export const EVENTS = [
  'change.published',
  'change.done',
  'change.failed',
  'record.created',
  'record.updated',
  'record.deleted',
] as const;

export type SubscribedEvent = (typeof EVENTS)[number];

/** What a client may say of a subscriber. `models`: names; null for all. */
export interface SubscriberInput {
  readonly url: string;
  readonly events: readonly SubscribedEvent[];
  readonly models: readonly string[] | null;
}

/** The same of one that is there, and whether it is to be told anything. */
export type SubscriberPatch = Partial<SubscriberInput> & { readonly status?: 'active' | 'paused' };

/** A subscriber, as clients see it: without its secret. */
export interface Subscriber {
  readonly id: string;
  readonly [others: string]: unknown;
}

/** Of each workspace. */
const MAX_SUBSCRIBERS = 50;

const moment = (value: string) => `to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A subscriber `s` as JSON. Models are called by their names of today. */
const SHOWN = `json_build_object(
  'id', s.id,
  'url', s.url,
  'events', s.events,
  'models', case when s.model_ids is not null then array(
    select m.name
    from remodel.models m
    where m.id = any (s.model_ids)
      and m.status = 'published'
    order by m.name collate "C"
  ) end,
  'status', s.status,
  'pausedReason', s.paused_reason,
  'failures', s.failures,
  'failingSince', ${moment('s.failing_since')},
  'missedAt', ${moment('s.missed_at')},
  'secretChangesUntil', case when s.previous_until > now() then ${moment('s.previous_until')} end,
  'createdAt', ${moment('s.created_at')}
)::text as subscriber`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function listSubscribers(database: Database, workspace: string): Promise<readonly Subscriber[]> {
  const rows = await database.query({
    text: `
      select s.id, ${SHOWN}
      from remodel.workspaces w
      left join remodel.subscribers s on s.workspace_id = w.id
      where w.slug = $1
        and w.trashed_at is null
      order by s.created_at, s.id`,
    params: [workspace],
  });
  if (rows.length === 0) throw unknownWorkspace(workspace);
  return rows.filter((row) => row['id'] !== null).map(readSubscriber);
}

/** Throws `unknown_subscriber`. */
export async function findSubscriber(database: Database, workspace: string, id: string): Promise<Subscriber> {
  assertSubscriberId(id);
  return found(
    await database.query({
      text: `
        select ${SHOWN}
        from remodel.subscribers s
        join remodel.workspaces w on w.id = s.workspace_id
        where s.id = $1
          and w.slug = $2
          and w.trashed_at is null`,
      params: [id, workspace],
    }),
    id,
  );
}

/** The request that wants a subscriber: the same key with the same body wants no second one. */
export interface SubscriberRequest {
  readonly idempotencyKey: string | null;
  readonly bodyHash: string;
}

/**
 * Null where the key of the request was used before. Throws `validation_failed`, `unknown_workspace` and
 * `too_many_subscribers`.
 */
export async function createSubscriber(
  database: Database,
  workspace: string,
  { url, events, models }: SubscriberInput,
  secret: string,
  { idempotencyKey, bodyHash }: SubscriberRequest,
  by: By,
): Promise<Subscriber | null> {
  const ids = models && (await modelIds(database, workspace, models));
  const created = sql`
    with created as (
      insert into remodel.subscribers (workspace_id, url, events, model_ids, secret, idempotency_key, body_hash)
      select w.id, ${url}, array(select json_array_elements_text(${events}::json)), ${idArray(ids)}::text[], ${secret},
        ${idempotencyKey}, ${bodyHash}
      from remodel.workspaces w
      where w.slug = ${workspace}
        and w.trashed_at is null
        and (select count(*) from remodel.subscribers s where s.workspace_id = w.id) < ${MAX_SUBSCRIBERS}::integer
      on conflict (workspace_id, idempotency_key) do nothing
      returning id, workspace_id, url, events, model_ids, status, paused_reason, failures, failing_since, missed_at,
        previous_until, created_at
    )
    select remodel.note_act(
      s.workspace_id, ${by}, 'subscriber.created', s.id::text, null,
      jsonb_build_object('url', s.url, 'events', s.events, 'models', ${models}::jsonb)
    )::text as noted,`;
  const [row] = await database.query(shown(created, 'from created s'));
  if (row) return readSubscriber(row);
  const { length } = await listSubscribers(database, workspace);
  if (length < MAX_SUBSCRIBERS) return null;
  throw new Failure(
    'too_many_subscribers',
    `a workspace may have ${MAX_SUBSCRIBERS} subscribers: delete another first`,
  );
}

/** The subscriber that was made with an `Idempotency-Key`, by a request with the same body. Throws where it was another. */
export async function findRequested(
  database: Database,
  workspace: string,
  { idempotencyKey, bodyHash }: SubscriberRequest,
): Promise<Subscriber | null> {
  if (idempotencyKey === null) return null;
  const [row] = await database.query({
    text: `
      select s.body_hash, ${SHOWN}
      from remodel.subscribers s
      join remodel.workspaces w on w.id = s.workspace_id
      where w.slug = $1
        and w.trashed_at is null
        and s.idempotency_key = $2`,
    params: [workspace, idempotencyKey],
  });
  if (!row) return null;
  if (text(row, 'body_hash') === bodyHash) return readSubscriber(row);
  throw new Failure(
    'idempotency_key_reused',
    'this Idempotency-Key was used for another request: take a new one',
  );
}

/** Changes what is given. One that is set to active is looked at at once, and what is in its way forgotten. */
export async function changeSubscriber(
  database: Database,
  workspace: string,
  id: string,
  patch: SubscriberPatch,
  by: By,
): Promise<Subscriber> {
  assertSubscriberId(id);
  const { url = null, events = null, models, status = null } = patch;
  const ids = models ? await modelIds(database, workspace, models) : null;
  const isResumed = status === 'active';
  const changed = sql`
    with before as (
      select s.id, s.url, s.events, s.status
      from remodel.subscribers s
      join remodel.workspaces w on w.id = s.workspace_id
      where s.id = ${id}
        and w.slug = ${workspace}
        and w.trashed_at is null
    ), changed as (
      update remodel.subscribers s
      set
        url = coalesce(${url}, s.url),
        events = case when ${events}::json is null then s.events
          else array(select json_array_elements_text(${events}::json)) end,
        model_ids = case when ${models === undefined}::boolean then s.model_ids else ${idArray(ids)}::text[] end,
        status = coalesce(${status}, s.status),
        paused_reason = case when ${status}::text is null then s.paused_reason end,
        failures = case when ${isResumed}::boolean then 0 else s.failures end,
        failing_since = case when ${isResumed}::boolean then null else s.failing_since end,
        missed_at = case when ${isResumed}::boolean then null else s.missed_at end,
        due_at = now()
      from before b
      where s.id = b.id
      returning s.id, s.workspace_id, s.url, s.events, s.model_ids, s.status, s.paused_reason, s.failures,
        s.failing_since, s.missed_at, s.previous_until, s.created_at
    )
    select remodel.note_act(
      s.workspace_id, ${by}, 'subscriber.changed', s.id::text,
      jsonb_build_object('url', b.url, 'events', b.events, 'status', b.status),
      jsonb_build_object('url', s.url, 'events', s.events, 'status', s.status)
    )::text as noted,`;
  return found(await database.query(shown(changed, 'from changed s join before b on b.id = s.id')), id);
}

/** What is not sent yet, nobody gets. Throws `unknown_subscriber`. */
export async function deleteSubscriber(
  database: Database,
  workspace: string,
  id: string,
  by: By,
): Promise<void> {
  assertSubscriberId(id);
  const rows = await database.query(sql`
    with deleted as (
      delete from remodel.subscribers s
      using remodel.workspaces w
      where s.id = ${id}
        and w.id = s.workspace_id
        and w.slug = ${workspace}
        and w.trashed_at is null
      returning s.id, s.workspace_id, s.url, s.events
    )
    select remodel.note_act(
      d.workspace_id, ${by}, 'subscriber.deleted', d.id::text, jsonb_build_object('url', d.url, 'events', d.events), null
    )::text
    from deleted d
  `);
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

/** The ids of models by their names of today. */
async function modelIds(
  database: Database,
  workspace: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const rows = await database.query(sql`
    select m.id, m.name
    from remodel.models m
    join remodel.workspaces w on w.id = m.workspace_id
    where w.slug = ${workspace}
      and w.trashed_at is null
      and m.status = 'published'
      and m.name in (select json_array_elements_text(${names}::json))
  `);
  const ids = new Map(rows.map((row) => [text(row, 'name'), text(row, 'id')]));
  const errors = names.flatMap((name, n) =>
    ids.has(name)
      ? []
      : [{ path: `/models/${n}`, code: 'unknown_model', message: `there is no model ${name}` }],
  );
  if (errors.length > 0) throw new Failure('validation_failed', errors[0]?.message ?? '', { errors });
  return [...ids.values()];
}

/** Ids are letters and digits. */
function idArray(ids: readonly string[] | null): string | null {
  return ids && `{${ids.join(',')}}`;
}

function shown({ text: head, params }: Statement, tail: string): Statement {
  return { text: `${head} ${SHOWN} ${tail}`, params };
}

function readSubscriber(row: Row): Subscriber {
  return JSON.parse(text(row, 'subscriber'));
}

function found(rows: readonly Row[], id: string): Subscriber {
  const [row] = rows;
  if (!row) throw unknownSubscriber(id);
  return readSubscriber(row);
}

/** Throws `unknown_subscriber` for what is the id of none. */
export function assertSubscriberId(id: string): void {
  if (!UUID.test(id)) throw unknownSubscriber(id);
}

export function unknownSubscriber(id: string): Failure {
  return new Failure('unknown_subscriber', `there is no subscriber ${id}`);
}

function unknownWorkspace(slug: string): Failure {
  return new Failure('unknown_workspace', `there is no workspace ${slug}`);
}
