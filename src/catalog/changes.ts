import { Failure } from '../failure.ts';
import type { ChangeRequest } from '../plan/change-request.ts';
import type { Database, Row } from '../ports.ts';
import { sql } from '../statement.ts';
import type { ChangeError, ChangeStatus } from './change.ts';
import { text, textOrNull } from './columns.ts';

/** A change as clients see it; `error` still without its HTTP parts. */
export interface ShownChange {
  readonly id: string;
  readonly seq: number;
  readonly status: ChangeStatus;
  readonly models: readonly string[];
  readonly plan: { readonly result?: Readonly<Record<string, string>> } | null;
  readonly progress: Readonly<Record<string, unknown>>;
  readonly steps: readonly Readonly<Record<string, unknown>>[];
  readonly error: ChangeError | null;
  readonly source: string;
  readonly createdAt: string;
  readonly publishedAt: string | null;
  readonly finishedAt: string | null;
}

/** What is written down when a change is asked for. */
export interface NewChange {
  readonly id: string;
  readonly request: ChangeRequest;
  readonly models: readonly string[];
  readonly source: string;
  readonly idempotencyKey: string | null;
  readonly bodyHash: string;
}

/** Writes a change at the end of its workspace's order; false where its `Idempotency-Key` was used before. */
export async function insertChange(
  database: Database,
  workspace: string,
  change: NewChange,
): Promise<boolean> {
  const rows = await database.query(sql`
    with workspace as (
      update remodel.workspaces
      set change_seq = change_seq + 1
      where slug = ${workspace}
        and trashed_at is null
      returning id, change_seq
    )
    insert into remodel.changes
      (id, workspace_id, seq, status, request, model_names, source, idempotency_key, body_hash)
    select
      ${change.id}, w.id, w.change_seq, 'queued', ${change.request},
      array(select json_array_elements_text(${change.models}::json)), ${change.source},
      ${change.idempotencyKey}, ${change.bodyHash}
    from workspace w
    on conflict (workspace_id, idempotency_key) do nothing
    returning id::text
  `);
  return rows.length > 0;
}

/** The change that was made with an `Idempotency-Key`, and the hash of the body that it was made with. */
export async function findByIdempotencyKey(
  database: Database,
  workspace: string,
  key: string,
): Promise<{ readonly id: string; readonly bodyHash: string } | null> {
  const [row] = await database.query(sql`
    select c.id::text, c.body_hash
    from remodel.changes c
    join remodel.workspaces w on w.id = c.workspace_id
    where w.slug = ${workspace}
      and c.idempotency_key = ${key}
  `);
  return row ? { id: text(row, 'id'), bodyHash: text(row, 'body_hash') } : null;
}

const SHOWN = `
  select json_build_object(
    'id', c.id,
    'seq', c.seq,
    'status', c.status,
    'models', c.model_names,
    'plan', c.plan,
    'progress', json_build_object(
      'step', s.ended,
      'steps', s.total,
      'rows', c.rows,
      'rowsTotal', c.rows_total,
      'rowsPerSecond', case
        when c.rows > 0 then round(c.rows / greatest(extract(epoch from coalesce(c.finished_at, now()) - c.started_at), 0.001))
      end,
      'eta', null
    ),
    'steps', s.steps,
    'error', c.error,
    'source', c.source,
    'createdAt', to_char(c.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'publishedAt', to_char(c.published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'finishedAt', to_char(c.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  )::text as change
  from remodel.changes c
  join remodel.workspaces w on w.id = c.workspace_id
  cross join lateral (
    select
      count(*) as total,
      count(*) filter (where s.status in ('done', 'failed', 'undone')) as ended,
      coalesce(json_agg(json_build_object(
        'n', s.n,
        'phase', s.phase,
        'kind', s.kind,
        'status', s.status,
        'rows', s.rows,
        'startedAt', to_char(s.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'finishedAt', to_char(s.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'attempts', s.attempts,
        'error', s.error
      ) order by s.n), '[]') as steps
    from remodel.steps s
    where s.change_id = c.id
  ) s`;

function readShown(row: Row): ShownChange {
  const change: ShownChange = JSON.parse(text(row, 'change'));
  return change;
}

/** One change. Throws `unknown_change`. */
export async function readChange(database: Database, workspace: string, id: string): Promise<ShownChange> {
  const [row] = await database.query({
    text: `${SHOWN} where w.slug = $1 and c.id::text = $2`,
    params: [workspace, id],
  });
  if (!row) throw new Failure('unknown_change', `there is no change ${id}`);
  return readShown(row);
}

/** Changes, newest first, from below `before` (a `seq`) on. */
export async function listChanges(
  database: Database,
  workspace: string,
  limit: number,
  before: number | null,
): Promise<readonly ShownChange[]> {
  const rows = await database.query({
    text: `${SHOWN}
      where w.slug = $1 and ($2::bigint is null or c.seq < $2::bigint)
      order by c.seq desc
      limit $3::integer`,
    params: [workspace, before === null ? null : String(before), String(limit)],
  });
  return rows.map(readShown);
}

/** The status alone: what a client that waits asks for again and again. */
export async function readStatus(database: Database, id: string): Promise<string | null> {
  const [row] = await database.query(sql`select status from remodel.changes where id = ${id}`);
  return textOrNull(row, 'status');
}
