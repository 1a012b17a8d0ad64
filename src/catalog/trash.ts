import { isUuid } from '../definition/identifiers.ts';
import { Failure } from '../failure.ts';
import type { Database, Row } from '../ports.ts';
import { sql } from '../statement.ts';
import type { By } from './audit.ts';
import { number, text, textOrNull } from './columns.ts';
import { moment } from './moment.ts';
import { IS_CONVERTED } from './trash-state.ts';

/** Something in the trash, as clients see it. */
export interface ListedTrash {
  readonly id: string;
  readonly kind: 'field' | 'model';
  /** What it was called when it was dropped. */
  readonly name: string;
  /** Of a field: what its model is called today. */
  readonly model: string;
  /** `converted`: the field goes on with values of another type, and these are those of before. */
  readonly reason: 'dropped' | 'converted';
  readonly trashedAt: string;
  /** Null where it is never purged by itself. */
  readonly purgeAfter: string | null;
  /** The change that dropped it. */
  readonly change: string;
  /** Why it could not be purged when its time had come. */
  readonly error?: unknown;
}

const SELECT = `
  select
    t.id::text,
    t.kind,
    t.body ->> 'name' as name,
    m.name as model,
    case when t.kind = 'field' and ${IS_CONVERTED} then 'converted' else 'dropped' end as reason,
    ${moment('t.trashed_at')} as trashed_at,
    case when isfinite(t.purge_after) then ${moment('t.purge_after')} end as purge_after,
    t.change_id::text as change,
    t.error::text,
    t.n::text
  from remodel.trash t
  join remodel.workspaces w on w.id = t.workspace_id
  join remodel.models m on m.id = t.model_id
  where w.slug = $1
    and w.trashed_at is null`;

function readListed(row: Row): ListedTrash {
  const name = text(row, 'name');
  const error = textOrNull(row, 'error');
  const kind = row['kind'] === 'model' ? 'model' : 'field';
  return {
    id: text(row, 'id'),
    kind,
    name,
    model: kind === 'model' ? name : text(row, 'model'),
    reason: row['reason'] === 'converted' ? 'converted' : 'dropped',
    trashedAt: text(row, 'trashed_at'),
    purgeAfter: textOrNull(row, 'purge_after'),
    change: text(row, 'change'),
    ...(error === null ? {} : { error: JSON.parse(error) }),
  };
}

/** What lies in the trash of a workspace, newest first, from below `before` (an `n`) on. Throws `unknown_workspace`. */
export async function listTrash(
  database: Database,
  workspace: string,
  limit: number,
  before: number | null,
): Promise<readonly (ListedTrash & { readonly n: number })[]> {
  const [known] = await database.query(
    sql`select from remodel.workspaces where slug = ${workspace} and trashed_at is null`,
  );
  if (!known) throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
  const rows = await database.query({
    text: `${SELECT}
      and ($2::bigint is null or t.n < $2::bigint)
    order by t.n desc
    limit $3::integer`,
    params: [workspace, before === null ? null : String(before), String(limit)],
  });
  return rows.map((row) => ({ ...readListed(row), n: number(row, 'n') }));
}

/** One of them. Throws `unknown_trash`. */
export async function readTrash(database: Database, workspace: string, id: string): Promise<ListedTrash> {
  const [row] = isUuid(id)
    ? await database.query({ text: `${SELECT} and t.id = $2`, params: [workspace, id] })
    : [];
  if (row) return readListed(row);
  throw new Failure('unknown_trash', `there is no ${id} in the trash: it was restored or purged`);
}

/** Asks for a purge: what the migrator does once nobody can be using what was dropped. */
export async function askPurge(database: Database, workspace: string, id: string, by: By): Promise<void> {
  await database.query(sql`
    with asked as (
      update remodel.trash t
      set purge_after = least(t.purge_after, now())
      from remodel.workspaces w
      where w.id = t.workspace_id
        and w.slug = ${workspace}
        and t.id = ${id}
      returning t.id, t.workspace_id, t.kind, t.name
    )
    select remodel.note_act(
      workspace_id, ${by}, 'trash.purge_asked', id::text, jsonb_build_object('kind', kind, 'name', name)
    )::text
    from asked
  `);
}

/** Whether it still lies there. */
export async function isInTrash(database: Database, id: string): Promise<boolean> {
  const rows = await database.query(sql`select from remodel.trash where id = ${id}`);
  return rows.length > 0;
}
