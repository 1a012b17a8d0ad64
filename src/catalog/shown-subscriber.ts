import { isUuid } from '../definition/identifiers.ts';
import { Failure } from '../failure.ts';
import type { Database, Row } from '../ports.ts';
import { text } from './columns.ts';
import { moment } from './moment.ts';
import { keyReused, type Repeatable } from './repeatable.ts';

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

/** A subscriber, as clients see it: without its secret. */
export interface ShownSubscriber {
  readonly id: string;
  readonly events: readonly SubscribedEvent[];
  readonly [others: string]: unknown;
}

/** A model by its id and its name. */
export interface NamedModel {
  readonly id: string;
  readonly name: string;
}

/** A subscriber as it is shown, and the models of whose records it is told, or may be again; null: of all. */
export interface Subscriber {
  readonly shown: ShownSubscriber;
  readonly models: readonly NamedModel[] | null;
}

/** The columns of a subscriber, over `s`. Models are called by their names of today. */
export const SUBSCRIBER = `
  json_build_object(
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
  )::text as shown,
  case
    when s.model_ids is null then 'null'
    else coalesce((
      select json_agg(json_build_object('id', m.id, 'name', m.name))
      from remodel.models m
      where m.id = any (s.model_ids)
    ), '[]')::text
  end as models`;

/** Reads a row of `SUBSCRIBER`. */
export function readSubscriber(row: Row): Subscriber {
  return { shown: JSON.parse(text(row, 'shown')), models: JSON.parse(text(row, 'models')) };
}

/** All of a workspace. Throws `unknown_workspace`. */
export async function listSubscribers(database: Database, workspace: string): Promise<readonly Subscriber[]> {
  const rows = await database.query({
    text: `
      select s.id, ${SUBSCRIBER}
      from remodel.workspaces w
      left join remodel.subscribers s on s.workspace_id = w.id
      where w.slug = $1
        and w.trashed_at is null
      order by s.created_at, s.id`,
    params: [workspace],
  });
  if (rows.length === 0) throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
  return rows.filter((row) => row['id'] !== null).map(readSubscriber);
}

/** Throws `unknown_subscriber`. */
export async function findSubscriber(database: Database, workspace: string, id: string): Promise<Subscriber> {
  assertSubscriberId(id);
  const [row] = await database.query({
    text: `
      select ${SUBSCRIBER}
      from remodel.subscribers s
      join remodel.workspaces w on w.id = s.workspace_id
      where s.id = $1
        and w.slug = $2
        and w.trashed_at is null`,
    params: [id, workspace],
  });
  if (!row) throw unknownSubscriber(id);
  return readSubscriber(row);
}

/** The subscriber that was made with an `Idempotency-Key`, by a request with the same body. Throws where it was another. */
export async function findRequested(
  database: Database,
  workspace: string,
  { idempotencyKey, bodyHash }: Repeatable,
): Promise<Subscriber | null> {
  if (idempotencyKey === null) return null;
  const [row] = await database.query({
    text: `
      select s.body_hash, ${SUBSCRIBER}
      from remodel.subscribers s
      join remodel.workspaces w on w.id = s.workspace_id
      where w.slug = $1
        and w.trashed_at is null
        and s.idempotency_key = $2`,
    params: [workspace, idempotencyKey],
  });
  if (!row) return null;
  if (text(row, 'body_hash') === bodyHash) return readSubscriber(row);
  throw keyReused();
}

/** Throws `unknown_subscriber` for what is the id of none. */
export function assertSubscriberId(id: string): void {
  if (!isUuid(id)) throw unknownSubscriber(id);
}

export function unknownSubscriber(id: string): Failure {
  return new Failure('unknown_subscriber', `there is no subscriber ${id}`);
}
