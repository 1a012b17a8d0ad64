/** API keys in the catalog: made, rotated and revoked by the edge, which then tells Redis of their states. */
import { Failure } from '../failure.ts';
import type { Database } from '../ports.ts';
import type { By } from './audit.ts';
import type { Scope } from './key-state.ts';
import type { Repeatable } from './repeatable.ts';
import { assertKeyId, findKey, KEPT, KEY_COLUMNS, type KeptKey, readKey } from './shown-key.ts';

/** What a new key is to be. */
export interface NewKey {
  readonly id: string;
  readonly hash: string;
  readonly label: string;
  readonly scopes: readonly Scope[];
  /** Ids. */
  readonly models: readonly string[] | null;
  readonly expiresAt: Date | null;
}

/** The request that a key came of, so that the same one sent again makes no other, and is answered as this one was. */
export interface KeyRequest extends Repeatable {
  readonly seed: string;
}

/** What is noted of a key, over `k`. */
const NOTED = `jsonb_build_object('label', k.label, 'scopes', k.scopes, 'models', k.models, 'expiresAt', k.expires_at)`;

/** Keeps a new key; null where its `Idempotency-Key` was used before. Throws `unknown_workspace`. */
export async function createKey(
  database: Database,
  workspace: string,
  key: NewKey,
  request: KeyRequest,
  by: By,
): Promise<KeptKey | null> {
  const [row] = await database.query({
    text: `
      with workspace as (
        select id
        from remodel.workspaces
        where slug = $1
          and trashed_at is null
      ), k as (
        insert into remodel.keys as k
          (id, workspace_id, hash, label, scopes, models, expires_at, created_by, idempotency_key, body_hash, seed)
        select
          $2, w.id, $3, $4, array(select json_array_elements_text($5::json)),
          case when $6::json is not null then array(select json_array_elements_text($6::json)) end,
          $7::timestamptz, $8::jsonb -> 'actor', $9, $10, case when $9::text is not null then $11 end
        from workspace w
        on conflict (workspace_id, idempotency_key) do nothing
        returning ${KEY_COLUMNS}
      )
      select ${KEPT},
        remodel.note_act(k.workspace_id, $8::jsonb, 'key.created', k.id::text, null, ${NOTED})::text as noted
      from k
      union all
      select null, null, null, null, null
      from workspace
      where not exists (select from k)`,
    params: [
      workspace,
      key.id,
      key.hash,
      key.label,
      JSON.stringify(key.scopes),
      key.models && JSON.stringify(key.models),
      key.expiresAt?.toISOString() ?? null,
      JSON.stringify(by),
      request.idempotencyKey,
      request.bodyHash,
      request.seed,
    ],
  });
  if (!row) throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
  return row['id'] === null ? null : readKey(row);
}

/** Ends a key at once. May be repeated. Throws `unknown_key`. */
export async function revokeKey(database: Database, workspace: string, id: string, by: By): Promise<KeptKey> {
  await database.query({
    text: `
      with k as (
        update remodel.keys k
        set revoked_at = now(), revision = k.revision + 1
        from remodel.workspaces w
        where k.id = $2
          and k.revoked_at is null
          and w.id = k.workspace_id
          and w.slug = $1
          and w.trashed_at is null
        returning ${KEY_COLUMNS}
      )
      select remodel.note_act(k.workspace_id, $3, 'key.revoked', k.id::text, ${NOTED})::text
      from k`,
    params: [workspace, assertKeyId(id), JSON.stringify(by)],
  });
  return findKey(database, workspace, id);
}

/** The key that takes another's place: what it may do is the same, and it is valid for as long as that was to be. */
export interface Rotation {
  readonly id: string;
  readonly hash: string;
  /** How long the old one stays valid. */
  readonly overlapSeconds: number;
}

/**
 * Answers the old key, then the new one; null where nothing was done, for the key is not to be rotated any more, or the
 * `Idempotency-Key` was used before.
 */
export async function rotateKey(
  database: Database,
  workspace: string,
  id: string,
  rotation: Rotation,
  request: KeyRequest,
  by: By,
): Promise<readonly [old: KeptKey, next: KeptKey] | null> {
  const rows = await database.query({
    text: `
      with was as (
        select ${KEY_COLUMNS}
        from remodel.keys k
        join remodel.workspaces w on w.id = k.workspace_id
        where k.id = $2
          and w.slug = $1
          and w.trashed_at is null
          and k.revoked_at is null
          and k.rotated_to is null
          and (k.expires_at is null or k.expires_at > now())
        for no key update of k
      ), next as (
        insert into remodel.keys as k
          (id, workspace_id, hash, label, scopes, models, expires_at, created_by, idempotency_key, body_hash, seed)
        select
          $3, was.workspace_id, $4, was.label, was.scopes, was.models,
          now() + (was.expires_at - was.created_at), $6::jsonb -> 'actor',
          $7, $8, case when $7::text is not null then $9 end
        from was
        on conflict (workspace_id, idempotency_key) do nothing
        returning ${KEY_COLUMNS}
      ), old as (
        update remodel.keys k
        set rotated_to = next.id, revision = k.revision + 1,
          revoked_at = case when $5::integer = 0 then now() end,
          expires_at = least(k.expires_at, now() + make_interval(secs => $5::integer))
        from was, next
        where k.id = was.id
        returning ${KEY_COLUMNS}
      )
      select ${KEPT}, remodel.note_act(
        k.workspace_id, $6::jsonb, 'key.rotated', k.id::text, null,
        jsonb_build_object('rotatedTo', k.rotated_to, 'expiresAt', k.expires_at)
      )::text as noted
      from old as k
      union all
      select ${KEPT}, null
      from next as k`,
    params: [
      workspace,
      assertKeyId(id),
      rotation.id,
      rotation.hash,
      String(rotation.overlapSeconds),
      JSON.stringify(by),
      request.idempotencyKey,
      request.bodyHash,
      request.seed,
    ],
  });
  const [old, next] = rows.map(readKey);
  return old && next ? [old, next] : null;
}
