import { Failure } from '../failure.ts';
import { type Database, DatabaseError } from '../ports.ts';
import { sql } from '../statement.ts';
import type { By } from './audit.ts';
import { text, textOrNull } from './columns.ts';

/** A tenant, as clients see it. */
export interface Workspace {
  readonly slug: string;
  readonly label: string | null;
  readonly createdAt: string;
}

const SHOWN = `slug, label, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at`;

function readWorkspace(row: Parameters<typeof text>[0]): Workspace {
  return { slug: text(row, 'slug'), label: textOrNull(row, 'label'), createdAt: text(row, 'created_at') };
}

export async function listWorkspaces(database: Database): Promise<readonly Workspace[]> {
  const rows = await database.query({
    text: `select ${SHOWN} from remodel.workspaces where trashed_at is null order by slug`,
    params: [],
  });
  return rows.map(readWorkspace);
}

/** Throws `workspace_exists`, also while one of that slug lies in the trash. */
export async function createWorkspace(
  database: Database,
  slug: string,
  label: string | null,
  by: By,
): Promise<Workspace> {
  try {
    const [row] = await database.query({
      text: `
        with created as (
          insert into remodel.workspaces (slug, label)
          values ($1, $2)
          returning id, slug, label, created_at
        )
        select
          ${SHOWN},
          remodel.note_act(id, $3, 'workspace.created', slug, null, jsonb_build_object('label', label))::text
        from created`,
      params: [slug, label, JSON.stringify(by)],
    });
    return readWorkspace(row);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlState !== '23505') throw error;
    throw new Failure('workspace_exists', `there is a workspace ${slug} already, perhaps in the trash`, {
      cause: error,
    });
  }
}

/** Moves a workspace to the trash. Throws `unknown_workspace`. */
export async function trashWorkspace(database: Database, slug: string, by: By): Promise<void> {
  const rows = await database.query(sql`
    with trashed as (
      update remodel.workspaces
      set trashed_at = now()
      where slug = ${slug}
        and trashed_at is null
      returning id, slug
    )
    select remodel.note_act(id, ${by}, 'workspace.trashed', slug)::text
    from trashed
  `);
  if (rows.length === 0) throw new Failure('unknown_workspace', `there is no workspace ${slug}`);
}
