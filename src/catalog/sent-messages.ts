import { isUuid } from '../definition/identifiers.ts';
import { Failure } from '../failure.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import type { By } from './audit.ts';
import { text } from './columns.ts';
import { assertSubscriberId, unknownSubscriber } from './shown-subscriber.ts';

export const MESSAGE_STATUSES = ['pending', 'delivered', 'dead'] as const;

/** A message to a subscriber, as clients see it. */
export interface SentMessage {
  readonly id: string;
  readonly [others: string]: unknown;
}

/** Which messages: the newest first, from below `before` (an `n`) on. */
export interface MessageQuery {
  readonly limit: number;
  readonly before: number | null;
  readonly status: (typeof MESSAGE_STATUSES)[number] | null;
}

/** What a subscriber was told, or is to be. Throws `unknown_subscriber`. */
export async function listMessages(
  database: Database,
  workspace: string,
  subscriber: string,
  { limit, before, status }: MessageQuery,
): Promise<readonly { readonly n: string; readonly message: SentMessage }[]> {
  assertSubscriberId(subscriber);
  const rows = await database.query(sql`
    select m.n::text, m.message
    from remodel.subscribers s
    join remodel.workspaces w on w.id = s.workspace_id
    left join lateral (
      select m.n, json_build_object(
        'id', m.id,
        'type', m.type,
        'status', m.status,
        'attempts', m.attempts,
        'nextAttemptAt', case when m.status = 'pending' then
          to_char(m.next_attempt_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end,
        'answered', m.answered,
        'error', m.error,
        'payload', m.body::json,
        'createdAt', to_char(m.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'endedAt', to_char(m.ended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      )::text as message
      from remodel.messages m
      where m.subscriber_id = s.id
        and (${before}::bigint is null or m.n < ${before}::bigint)
        and (${status}::text is null or m.status = ${status})
      order by m.n desc
      limit ${limit}::integer
    ) as m on true
    where s.id = ${subscriber}
      and w.slug = ${workspace}
      and w.trashed_at is null
    order by m.n desc
  `);
  if (rows.length === 0) throw unknownSubscriber(subscriber);
  return rows.flatMap((row) =>
    row['n'] === null ? [] : [{ n: text(row, 'n'), message: JSON.parse(text(row, 'message')) }],
  );
}

/** Has a message sent again, under its id, with all its attempts before it. Throws `unknown_delivery`. */
export async function redeliver(
  database: Database,
  workspace: string,
  subscriber: string,
  message: string,
  by: By,
): Promise<void> {
  assertSubscriberId(subscriber);
  const rows = isUuid(message)
    ? await database.query(sql`
        with again as (
          update remodel.messages m
          set status = 'pending', attempts = 0, next_attempt_at = now(), ended_at = null
          from remodel.subscribers s
          join remodel.workspaces w on w.id = s.workspace_id
          where m.id = ${message}
            and m.subscriber_id = s.id
            and s.id = ${subscriber}
            and w.slug = ${workspace}
            and w.trashed_at is null
          returning m.id, s.workspace_id
        )
        select remodel.note_act(a.workspace_id, ${by}, 'delivery.redelivered', a.id::text)::text
        from again a
      `)
    : [];
  if (rows.length === 0)
    throw new Failure('unknown_delivery', `there is no delivery ${message} to this subscriber`);
}
