import { number, text, textOrNull } from '../catalog/columns.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';

/** A message whose time has come. */
export interface DueMessage {
  readonly id: string;
  readonly body: string;
  readonly attempts: number;
}

/** A subscriber as the courier needs it. */
export interface ActiveSubscriber {
  readonly id: string;
  readonly url: string;
  /** By which what is sent is signed: one, or two while it changes. */
  readonly secrets: string;
  readonly failures: number;
  readonly wantsRecords: boolean;
  /** Whether nothing is to be done yet: another errand is on its way, for the time at which it will be. */
  readonly isEarly: boolean;
}

/** What became of an attempt. */
export type Attempt =
  | { readonly kind: 'delivered'; readonly answered: number }
  | {
      readonly kind: 'failed';
      readonly answered: number | null;
      readonly error: string;
      /** Seconds until the next; null: there is none, the message is dead. */
      readonly retryIn: number | null;
      /** Why nothing more is to be sent. */
      readonly pausedReason: string | null;
    };

/** Null for one that is paused, or not there. */
export async function readSubscriber(database: Database, id: string): Promise<ActiveSubscriber | null> {
  const [row] = await database.query(sql`
    select
      s.id::text,
      s.url,
      concat_ws(' ', s.secret, case when s.previous_until > now() then s.previous_secret end) as secrets,
      s.failures::text,
      (s.events && array['record.created', 'record.updated', 'record.deleted'])::text as wants_records,
      (
        (s.due_at is null or s.due_at > now() + interval '500 milliseconds')
        and not exists (
          select
          from remodel.messages m
          where m.subscriber_id = s.id
            and m.status = 'pending'
            and m.next_attempt_at <= now()
        )
      )::text as is_early
    from remodel.subscribers s
    join remodel.workspaces w on w.id = s.workspace_id
    where s.id = ${id}
      and s.status = 'active'
      and w.trashed_at is null
  `);
  if (!row) return null;
  return {
    id,
    url: text(row, 'url'),
    secrets: text(row, 'secrets'),
    failures: number(row, 'failures'),
    wantsRecords: row['wants_records'] === 'true',
    isEarly: row['is_early'] === 'true',
  };
}

/** The next message that is to be sent, the oldest first. */
export async function nextMessage(database: Database, subscriber: string): Promise<DueMessage | null> {
  const [row] = await database.query(sql`
    select m.id::text, m.body, m.attempts::text
    from remodel.messages m
    where m.subscriber_id = ${subscriber}
      and m.status = 'pending'
      and m.next_attempt_at <= now()
    order by m.n
    limit 1
  `);
  return row ? { id: text(row, 'id'), body: text(row, 'body'), attempts: number(row, 'attempts') } : null;
}

/** Notes an attempt, with the message and with its subscriber. One statement. */
export async function noteAttempt(
  database: Database,
  subscriber: string,
  message: string,
  attempt: Attempt,
): Promise<void> {
  const isDelivered = attempt.kind === 'delivered';
  const { error, retryIn, pausedReason } =
    attempt.kind === 'failed' ? attempt : { error: null, retryIn: null, pausedReason: null };
  await database.query(sql`
    with noted as (
      update remodel.messages m
      set
        status = ${isDelivered ? 'delivered' : retryIn === null ? 'dead' : 'pending'},
        attempts = m.attempts + 1,
        answered = ${attempt.answered}::integer,
        error = ${error},
        next_attempt_at = now() + make_interval(secs => ${retryIn ?? 0}::double precision),
        ended_at = case when ${retryIn}::double precision is null then now() end
      where m.id = ${message}
    )
    update remodel.subscribers s
    set
      failures = case when ${isDelivered}::boolean then 0 else s.failures + 1 end,
      failing_since = case when ${isDelivered}::boolean then null else coalesce(s.failing_since, now()) end,
      status = case when ${pausedReason}::text is null then s.status else 'paused' end,
      paused_reason = coalesce(${pausedReason}, s.paused_reason)
    where s.id = ${subscriber}
      and (${pausedReason}::text is not null or not ${isDelivered}::boolean or s.failures > 0)
  `);
}

/**
 * In how many seconds a subscriber is to be looked at next: at its next attempt or to look for records, but not before
 * `rest` is over. Null where it waits to be told of a change, or is paused.
 */
export async function secondsToNext(
  database: Database,
  subscriber: string,
  rest: number,
  poll: number | null,
): Promise<number | null> {
  const [row] = await database.query(sql`
    select greatest(
      least(extract(epoch from min(m.next_attempt_at) - now()), ${poll}::double precision),
      ${rest}::double precision
    )::text as seconds
    from remodel.subscribers s
    left join remodel.messages m on m.subscriber_id = s.id and m.status = 'pending'
    where s.id = ${subscriber}
      and s.status = 'active'
    having count(m.id) > 0 or ${poll}::double precision is not null
  `);
  const seconds = textOrNull(row, 'seconds');
  return seconds === null ? null : Math.max(0, Number(seconds));
}

/** Notes when a subscriber is to be looked at next: errands that come before that, and for nothing new, are in vain. */
export async function noteNext(
  database: Database,
  subscriber: string,
  seconds: number | null,
): Promise<void> {
  await database.query(sql`
    update remodel.subscribers
    set due_at = now() + make_interval(secs => ${seconds}::double precision)
    where id = ${subscriber}
  `);
}
