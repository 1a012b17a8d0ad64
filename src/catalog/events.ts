import type { Database, Row } from '../ports.ts';
import { sql } from '../statement.ts';
import { text, textOrNull } from './columns.ts';

/**
 * A place in the order of events: the transaction, and the place in it. `XID.N` as a text. Between `X.0` and what
 * comes before it stands nothing that is still to come where no transaction before X is open.
 */
export interface Position {
  readonly xid: string;
  readonly n: string;
}

/** What was done to a record. */
export interface RecordEvent {
  readonly position: Position;
  readonly op: 'create' | 'update' | 'delete';
  readonly recordId: string;
  readonly at: string;
}

/** The events of a model behind a position. */
export interface EventPage {
  readonly events: readonly RecordEvent[];
  /** Where to go on. */
  readonly position: Position;
  /** Whether there are more than a page takes. */
  readonly isFull: boolean;
  /** Whether the position that was asked for is older than what is kept, or none of this database. */
  readonly isExpired: boolean;
  /** Of the published model; null where that is no more. */
  readonly hash: string | null;
}

const PAGE = 100;

/** Digits that fit the types in Postgres, without leading zeros: to it, an `xid8` with one is octal. */
const POSITION = /^(0|[1-9]\d{0,17})\.(0|[1-9]\d{0,17})$/;

/** Null for what is no position. */
export function parsePosition(value: string): Position | null {
  const [, xid, n] = POSITION.exec(value) ?? [];
  return xid === undefined || n === undefined ? null : { xid, n };
}

export function showPosition({ xid, n }: Position): string {
  return `${xid}.${n}`;
}

/**
 * The events of a model behind `after`; null begins now. Only those of transactions before which none is open: one
 * that began before another may commit after it, and its events would come to stand ahead of a position that was
 * read to already, and be lost.
 */
export async function readEvents(
  database: Database,
  modelId: string,
  keyColumn: string,
  after: Position | null,
): Promise<EventPage> {
  const rows = await database.query(sql`
    select
      pg_snapshot_xmin(now.snapshot)::text as settled,
      (
        ${after?.xid}::xid8 > pg_snapshot_xmax(now.snapshot)
        or ${after?.xid}::xid8 < (
          select max(mark.xid)
          from remodel.event_marks mark
          where mark.at <= now() - interval '24 hours'
        )
      )::text as expired,
      m.hash,
      e.xid::text,
      e.n::text,
      e.op,
      e.record_id,
      to_json(e.at) #>> '{}' as at
    from (select pg_current_snapshot() as snapshot) as now
    left join (
      remodel.models m
      join remodel.workspaces w on w.id = m.workspace_id and w.trashed_at is null
    ) on m.id = ${modelId} and m.status = 'published'
    left join lateral (
      select e.xid, e.n, e.op, e.record_id, e.at
      from remodel.events e
      where e.model_id = ${modelId}
        and e.key = ${keyColumn}
        and (e.xid, e.n) > (${after?.xid}::xid8, ${after?.n}::bigint)
        and e.xid < pg_snapshot_xmin(now.snapshot)
      order by e.xid, e.n
      limit ${PAGE}::integer
    ) as e on true
    order by e.xid, e.n
  `);
  const [first] = rows;
  const events = rows.filter((row) => row['xid'] !== null).map(recordEvent);
  const isFull = events.length === PAGE;
  return {
    events,
    position: (isFull && events.at(-1)?.position) || { xid: text(first, 'settled'), n: '0' },
    isFull,
    isExpired: first?.['expired'] === 'true',
    hash: textOrNull(first, 'hash'),
  };
}

function recordEvent(row: Row): RecordEvent {
  const op = text(row, 'op');
  if (op !== 'create' && op !== 'update' && op !== 'delete') throw new TypeError(`an event says ${op}`);
  return {
    position: { xid: text(row, 'xid'), n: text(row, 'n') },
    op,
    recordId: text(row, 'record_id'),
    at: text(row, 'at'),
  };
}
