import { Failure } from '../failure.ts';
import { type Database, DatabaseError, type Row } from '../ports.ts';
import type { By } from './audit.ts';
import { number, text, textOrNull } from './columns.ts';
import { moment } from './moment.ts';
import { keyReused, type Repeatable } from './repeatable.ts';

/** A tenant, as clients see it. */
export interface Workspace {
  readonly slug: string;
  readonly label: string | null;
  /** Days for which its trash keeps what is dropped; null: as the deployment says; 0: none; -1: for ever. */
  readonly trashRetentionDays: number | null;
  readonly createdAt: string;
  readonly trashedAt: string | null;
}

/** What Redis is to be told of a workspace: the later of two states has the greater `seq`. */
export interface WorkspaceState {
  readonly seq: number;
  readonly isTrashed: boolean;
}

/** Over `remodel.workspaces w`. */
const SHOWN = `
  w.slug,
  w.label,
  w.trash_retention_days::text as trash_retention_days,
  ${moment('w.created_at')} as created_at,
  ${moment('w.trashed_at')} as trashed_at,
  w.state_seq::text as state_seq`;

/**
 * Greater than all that were before, also those of a workspace of that name that was purged: milliseconds since the
 * epoch.
 */
const NEXT_STATE = `(extract(epoch from clock_timestamp()) * 1000)::bigint`;

const COLUMNS = 'w.id, w.slug, w.label, w.trash_retention_days, w.created_at, w.trashed_at, w.state_seq';

function readWorkspace(row: Row | undefined): Workspace {
  const days = textOrNull(row, 'trash_retention_days');
  return {
    slug: text(row, 'slug'),
    label: textOrNull(row, 'label'),
    trashRetentionDays: days === null ? null : Number(days),
    createdAt: text(row, 'created_at'),
    trashedAt: textOrNull(row, 'trashed_at'),
  };
}

function unknownWorkspace(slug: string): Failure {
  return new Failure('unknown_workspace', `there is no workspace ${slug}`);
}

/** Those that are there, or those that lie in the trash. */
export async function listWorkspaces(database: Database, isTrashed: boolean): Promise<readonly Workspace[]> {
  const rows = await database.query({
    text: `
      select ${SHOWN}
      from remodel.workspaces w
      where (w.trashed_at is not null) = $1::boolean
      order by w.slug`,
    params: [String(isTrashed)],
  });
  return rows.map(readWorkspace);
}

/** Throws `unknown_workspace`, also for one that lies in the trash. */
export async function findWorkspace(database: Database, slug: string): Promise<Workspace> {
  const [row] = await database.query({
    text: `
      select ${SHOWN}
      from remodel.workspaces w
      where w.slug = $1
        and w.trashed_at is null`,
    params: [slug],
  });
  if (!row) throw unknownWorkspace(slug);
  return readWorkspace(row);
}

/** The same key is another one where a record is created in the workspace. */
const CREATION = 'POST /v1/workspaces ';

/** Throws `workspace_exists`, also while one of that slug lies in the trash. */
export async function createWorkspace(
  database: Database,
  slug: string,
  label: string | null,
  request: Repeatable,
  by: By,
): Promise<{ readonly workspace: Workspace; readonly state: WorkspaceState }> {
  try {
    const [row] = await database.query({
      text: `
        with w as (
          insert into remodel.workspaces as w (slug, label, state_seq)
          values ($1, $2, ${NEXT_STATE})
          returning ${COLUMNS}
        ),
        kept as (
          insert into remodel.idempotency_keys (workspace_id, key, body_hash, response)
          select w.id, $4::text, $5, ''
          from w
          where $4::text is not null
        )
        select
          ${SHOWN},
          remodel.note_act(w.id, $3, 'workspace.created', w.slug, null, jsonb_build_object('label', w.label))::text
        from w`,
      params: [slug, label, JSON.stringify(by), keyOf(request), request.bodyHash],
    });
    return { workspace: readWorkspace(row), state: { seq: number(row, 'state_seq'), isTrashed: false } };
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlState !== '23505') throw error;
    throw new Failure('workspace_exists', `there is a workspace ${slug} already, perhaps in the trash`, {
      cause: error,
    });
  }
}

function keyOf({ idempotencyKey }: Repeatable): string | null {
  return idempotencyKey === null ? null : CREATION + idempotencyKey;
}

/** The workspace that was created under the key of this request, as it is now; null where none was. */
export async function findCreated(
  database: Database,
  slug: string,
  request: Repeatable,
): Promise<Workspace | null> {
  const [row] = await database.query({
    text: `
      select ${SHOWN}, k.body_hash
      from remodel.workspaces w
      join remodel.idempotency_keys k on k.workspace_id = w.id and k.key = $2
      where w.slug = $1
        and w.trashed_at is null`,
    params: [slug, keyOf(request)],
  });
  if (!row) return null;
  if (text(row, 'body_hash') === request.bodyHash) return readWorkspace(row);
  throw keyReused();
}

/** What may be changed of a workspace; what is not given stays as it is. */
export interface WorkspacePatch {
  readonly label?: string | null;
  readonly trashRetentionDays?: number | null;
}

const CHANGEABLE = (w: string) =>
  `jsonb_build_object('label', ${w}.label, 'trashRetentionDays', ${w}.trash_retention_days)`;

/** Throws `unknown_workspace`. */
export async function patchWorkspace(
  database: Database,
  slug: string,
  patch: WorkspacePatch,
  by: By,
): Promise<Workspace> {
  const [row] = await database.query({
    text: `
      with was as (
        select w.id, w.label, w.trash_retention_days
        from remodel.workspaces w
        where w.slug = $1
          and w.trashed_at is null
        for no key update
      ), w as (
        update remodel.workspaces w
        set
          label = case when $2::jsonb ? 'label' then $2::jsonb ->> 'label' else w.label end,
          trash_retention_days = case
            when $2::jsonb ? 'trashRetentionDays' then ($2::jsonb ->> 'trashRetentionDays')::integer
            else w.trash_retention_days
          end
        from was
        where w.id = was.id
        returning ${COLUMNS}
      )
      select
        ${SHOWN},
        remodel.note_act(
          w.id, $3, 'workspace.patched', w.slug, ${CHANGEABLE('was')}, ${CHANGEABLE('w')}
        )::text
      from w
      join was on was.id = w.id`,
    params: [slug, JSON.stringify(patch), JSON.stringify(by)],
  });
  if (!row) throw unknownWorkspace(slug);
  return readWorkspace(row);
}

/** Moves a workspace to the trash. Throws `unknown_workspace`. */
export async function trashWorkspace(database: Database, slug: string, by: By): Promise<WorkspaceState> {
  const [row] = await database.query({
    text: `
      with trashed as (
        update remodel.workspaces
        set trashed_at = now(), state_seq = greatest(state_seq + 1, ${NEXT_STATE})
        where slug = $1
          and trashed_at is null
        returning id, slug, state_seq
      )
      select state_seq::text, remodel.note_act(id, $2, 'workspace.trashed', slug)::text
      from trashed`,
    params: [slug, JSON.stringify(by)],
  });
  if (!row) throw unknownWorkspace(slug);
  return { seq: number(row, 'state_seq'), isTrashed: true };
}

/** Brings a workspace back. May be repeated. Throws `unknown_workspace`. */
export async function restoreWorkspace(
  database: Database,
  slug: string,
  by: By,
): Promise<{ readonly workspace: Workspace; readonly state: WorkspaceState }> {
  await database.query({
    text: `
      with restored as (
        update remodel.workspaces
        set trashed_at = null, state_seq = greatest(state_seq + 1, ${NEXT_STATE})
        where slug = $1
          and trashed_at is not null
        -- What is being purged is no longer whole.
        and purged_at is null
        returning id, slug
      )
      select remodel.note_act(id, $2, 'workspace.restored', slug)::text
      from restored`,
    params: [slug, JSON.stringify(by)],
  });
  const [row] = await database.query({
    text: `select ${SHOWN} from remodel.workspaces w where w.slug = $1 and w.trashed_at is null`,
    params: [slug],
  });
  if (!row) throw unknownWorkspace(slug);
  return { workspace: readWorkspace(row), state: { seq: number(row, 'state_seq'), isTrashed: false } };
}
