import { Failure } from '../failure.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { text } from './columns.ts';
import type { WebhookSource } from './webhook-ids.ts';

/** A delivery by webhook, and how it was answered. */
export interface ReceivedWebhook {
  readonly source: WebhookSource;
  /** What the sender calls it; where the signature is not valid, anybody may have said so. */
  readonly deliveryId: string | null;
  readonly isSigned: boolean;
  readonly isRepeated: boolean;
  readonly status: number;
  readonly code: string | null;
  readonly detail: string | null;
  readonly changeId: string | null;
}

/** Of each workspace. Those that are not signed, which anybody may send, do not push others out. */
const KEPT = { signed: 1000, unsigned: 100 } as const;

const MAX_TEXT = 500;

/** What others wrote, as far as Postgres keeps it. */
function kept(text: string | null): string | null {
  return text === null ? null : text.slice(0, MAX_TEXT).replaceAll('\0', '\ufffd').toWellFormed();
}

/** Notes a delivery, in the place of the oldest where there are many. Of no workspace that is there, nothing is noted. */
export async function noteReceived(
  database: Database,
  workspace: string,
  received: ReceivedWebhook,
): Promise<void> {
  const { source, deliveryId, isSigned, isRepeated, status, code, detail, changeId } = received;
  await database.query(sql`
    with workspace as (
      select id
      from remodel.workspaces
      where slug = ${workspace}
        and trashed_at is null
    ), gone as (
      delete from remodel.received_webhooks r
      using workspace w
      where r.workspace_id = w.id
        and r.is_signed = ${isSigned}::boolean
        and r.n <= (
          select k.n
          from remodel.received_webhooks k
          where k.workspace_id = w.id
            and k.is_signed = ${isSigned}::boolean
          order by k.n desc
          offset ${(isSigned ? KEPT.signed : KEPT.unsigned) - 1}::integer
          limit 1
        )
    )
    insert into remodel.received_webhooks
      (workspace_id, is_signed, source, delivery_id, is_repeated, status, code, detail, change_id)
    select
      w.id, ${isSigned}::boolean, ${source}, ${kept(deliveryId)}, ${isRepeated}::boolean,
      ${status}::integer, ${code}, ${kept(detail)}, ${changeId}::uuid
    from workspace w
  `);
}

/** What came in, newest first, from below `before` (an `n`) on. Throws `unknown_workspace`. */
export async function listReceived(
  database: Database,
  workspace: string,
  limit: number,
  before: number | null,
): Promise<readonly { readonly id: string }[]> {
  const rows = await database.query(sql`
    select r.n::text, json_build_object(
      'id', r.n::text,
      'source', r.source,
      'deliveryId', r.delivery_id,
      'signed', r.is_signed,
      'repeated', r.is_repeated,
      'status', r.status,
      'code', r.code,
      'detail', r.detail,
      'change', r.change_id,
      'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    )::text as received
    from remodel.workspaces w
    left join lateral (
      select r.*
      from remodel.received_webhooks r
      where r.workspace_id = w.id
        and (${before}::bigint is null or r.n < ${before}::bigint)
      order by r.n desc
      limit ${limit}::integer
    ) as r on true
    where w.slug = ${workspace}
      and w.trashed_at is null
    order by r.n desc
  `);
  if (rows.length === 0) throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
  return rows.flatMap((row) => (row['n'] === null ? [] : [JSON.parse(text(row, 'received'))]));
}
