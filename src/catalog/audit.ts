/** Who acts, and what was done: the audit log of a workspace. Acts are written by `remodel.note_act`, in SQL. */
import { Failure } from '../failure.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { text } from './columns.ts';

/** Who acts. */
export type Actor =
  | { readonly kind: 'root' }
  | { readonly kind: 'key'; readonly id: string; readonly label: string | null }
  /** Whoever holds the secret of a webhook; `id` is that of the delivery. */
  | { readonly kind: 'webhook'; readonly id: string }
  /** The migrator and its sweep, by themselves. */
  | { readonly kind: 'system' };

/** Who acts, and by what way: the parameter `by` of `remodel.note_act`. */
export interface By {
  readonly actor: Actor;
  readonly source: 'api' | 'cli' | 'webhook' | 'migrator';
  readonly requestId: string | null;
}

/** An act, as clients see it. */
export interface ListedAct {
  readonly id: string;
  readonly at: string;
  readonly actor: Actor;
  readonly source: string;
  readonly action: string;
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly requestId: string | null;
}

/** Which acts. `actor` is the id of one, or the kind of those that have none. */
export interface ActQuery {
  readonly limit: number;
  /** An id: from below it on. */
  readonly before: number | null;
  readonly action: string | null;
  readonly actor: string | null;
}

/** Acts in a workspace and on it, newest first. Throws `unknown_workspace`. */
export async function listActs(
  database: Database,
  workspace: string,
  { limit, before, action, actor }: ActQuery,
): Promise<readonly ListedAct[]> {
  const rows = await database.query(sql`
    select acts.act
    from remodel.workspaces w
    left join lateral (
      select json_build_object(
        'id', a.id::text,
        'at', to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'actor', a.actor,
        'source', a.source,
        'action', a.action,
        'subject', a.subject,
        'before', a.before,
        'after', a.after,
        'requestId', a.request_id
      )::text as act
      from remodel.audit a
      where a.workspace_id = w.id
        and (${before}::bigint is null or a.id < ${before}::bigint)
        and (${action}::text is null or a.action = ${action})
        and (${actor}::text is null or coalesce(a.actor ->> 'id', a.actor ->> 'kind') = ${actor})
      order by a.id desc
      limit ${limit}::integer
    ) as acts on true
    where w.slug = ${workspace}
      and w.trashed_at is null
  `);
  if (rows.length === 0) throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
  return rows.flatMap((row) => (row['act'] === null ? [] : [JSON.parse(text(row, 'act'))]));
}
