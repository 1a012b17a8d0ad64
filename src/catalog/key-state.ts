/**
 * What Redis is told of a key, beside the heads of its workspace: `REVISION.GRANT`, or `REVISION.` once it is revoked.
 * The revision grows, so that whoever writes late writes nothing; these are no heads, and the edge writes them too.
 */
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { text } from './columns.ts';

export const SCOPES = ['records:read', 'records:write', 'models:read', 'models:write', 'keys:admin'] as const;
export type Scope = (typeof SCOPES)[number];

export function isScope(value: unknown): value is Scope {
  return SCOPES.some((scope) => scope === value);
}

/** What a key may do, and until when. */
export interface Grant {
  readonly id: string;
  readonly label: string;
  readonly scopes: readonly Scope[];
  /** The ids of the models that it is limited to; null: it is not. */
  readonly models: readonly string[] | null;
  /** Milliseconds since the epoch; null: for ever. */
  readonly expiresAt: number | null;
}

/** The field of a workspace that holds the state of a key, by the key's hash. No model is called so. */
export const keyField = (hash: string) => `key:${hash}`;

/** The state of a key, in SQL, over `remodel.keys k`. */
export const KEY_STATE = `k.revision || '.' || case when k.revoked_at is null then json_build_object(
    'id', k.id,
    'label', k.label,
    'scopes', k.scopes,
    'models', k.models,
    'expiresAt', (extract(epoch from k.expires_at) * 1000)::bigint
  )::text else '' end`;

/** What a state grants at this moment; null: nothing. */
export function grantOf(state: string, now: number): Grant | null {
  const [, json] = /^\d+\.(.+)$/s.exec(state) ?? [];
  if (json === undefined) return null;
  const grant: Grant = JSON.parse(json);
  return grant.expiresAt !== null && grant.expiresAt <= now ? null : grant;
}

/** The state of a key as the catalog has it; null where the workspace has no such key. `null`: of any workspace. */
export async function findKeyState(
  database: Database,
  workspace: string | null,
  hash: string,
): Promise<string | null> {
  const [row] = await database.query({
    text: `
      select ${KEY_STATE} as state
      from remodel.keys k
      join remodel.workspaces w on w.id = k.workspace_id
      where k.hash = $1
        and ($2::text is null or w.slug = $2)
        and w.trashed_at is null`,
    params: [hash, workspace],
  });
  return row ? text(row, 'state') : null;
}

/** Notes that a key was used, unless that was noted a minute ago. */
export async function noteKeyUse(database: Database, id: string): Promise<void> {
  await database.query(sql`
    update remodel.keys
    set last_used_at = now()
    where id = ${id}
      and (last_used_at is null or last_used_at < now() - interval '1 minute')
  `);
}
