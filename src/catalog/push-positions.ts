import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { text } from './columns.ts';

/** A push, by what orders it among those to the same branch. */
export interface PushPosition {
  readonly repository: string;
  readonly branch: string;
  readonly before: string;
  readonly after: string;
  readonly pushedAt: number;
}

/** How far a workspace has followed a branch. */
export interface Followed {
  readonly commit: string;
  /** Further than to where a push leads: a newer one was quicker. */
  readonly isFurther: boolean;
}

/** How far a branch was followed, seen from a push; null where it was not yet. */
export async function readFollowed(
  database: Database,
  workspace: string,
  { repository, branch, after, pushedAt }: PushPosition,
): Promise<Followed | null> {
  const [row] = await database.query(sql`
    select p.after, (not remodel.is_next(p, ${pushedAt}::bigint, ${after}))::text as is_further
    from remodel.push_positions p
    join remodel.workspaces w on w.id = p.workspace_id
    where w.slug = ${workspace}
      and p.repository = ${repository}
      and p.branch = ${branch}
  `);
  return row ? { commit: text(row, 'after'), isFurther: row['is_further'] === 'true' } : null;
}

/** Follows a branch where that takes no change. False where it was followed further before. */
export async function movePush(database: Database, workspace: string, push: PushPosition): Promise<boolean> {
  const [row] = await database.query(sql`
    select remodel.move_push(w.id, ${push})::text as is_next
    from remodel.workspaces w
    where w.slug = ${workspace}
  `);
  return row?.['is_next'] === 'true';
}
