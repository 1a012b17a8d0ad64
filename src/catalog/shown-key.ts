import { isUuid } from '../definition/identifiers.ts';
import { Failure } from '../failure.ts';
import type { Database, Row } from '../ports.ts';
import type { Actor } from './audit.ts';
import { text, textOrNull } from './columns.ts';
import { KEY_STATE, type Scope } from './key-state.ts';
import { moment } from './moment.ts';

/** A key as clients see it, without itself. */
export interface ShownKey {
  readonly id: string;
  readonly label: string;
  readonly status: 'valid' | 'expired' | 'revoked';
  readonly scopes: readonly Scope[];
  /** The names of the models that it is limited to, as they are called now. */
  readonly models: readonly string[] | null;
  readonly createdAt: string;
  readonly createdBy: Actor;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
  /** The id of the key that takes its place. */
  readonly rotatedTo: string | null;
}

/** A key as it is, and what Redis is to be told of it. */
export interface KeptKey {
  readonly shown: ShownKey;
  readonly hash: string;
  readonly state: string;
}

/** The columns of a kept key, over `remodel.keys k`. */
export const KEPT = `
  k.id::text as id,
  k.hash,
  ${KEY_STATE} as state,
  json_build_object(
    'id', k.id,
    'label', k.label,
    'status', case
      when k.revoked_at is not null then 'revoked'
      when k.expires_at <= now() then 'expired'
      else 'valid'
    end,
    'scopes', k.scopes,
    'models', case when k.models is not null then (
      select coalesce(json_agg(m.name order by m.name), '[]')
      from remodel.models m
      where m.id = any (k.models)
    ) end,
    'createdAt', ${moment('k.created_at')},
    'createdBy', k.created_by,
    'expiresAt', ${moment('k.expires_at')},
    'lastUsedAt', ${moment('k.last_used_at')},
    'revokedAt', ${moment('k.revoked_at')},
    'rotatedTo', k.rotated_to
  )::text as shown`;

/** Reads a row of `KEPT`. */
export function readKey(row: Row): KeptKey {
  return { shown: JSON.parse(text(row, 'shown')), hash: text(row, 'hash'), state: text(row, 'state') };
}

/** What the rows of keys have that are to be shown, for `returning`. */
export const KEY_COLUMNS = `k.id, k.workspace_id, k.hash, k.label, k.scopes, k.models, k.revision, k.created_at, k.created_by,
  k.expires_at, k.revoked_at, k.last_used_at, k.rotated_to`;

/** A key as the request that made it may be answered again. */
export interface RequestedKey extends KeptKey {
  readonly bodyHash: string;
  readonly seed: string | null;
}

/** The key that was made with an `Idempotency-Key`. */
export async function findKeyRequest(
  database: Database,
  workspace: string,
  idempotencyKey: string,
): Promise<RequestedKey | null> {
  const [row] = await database.query({
    text: `
      select ${KEPT}, k.body_hash, k.seed
      from remodel.keys k
      join remodel.workspaces w on w.id = k.workspace_id
      where w.slug = $1
        and w.trashed_at is null
        and k.idempotency_key = $2`,
    params: [workspace, idempotencyKey],
  });
  return row ? { ...readKey(row), bodyHash: text(row, 'body_hash'), seed: textOrNull(row, 'seed') } : null;
}

/** Every key of a workspace, newest first. Throws `unknown_workspace`. */
export async function listKeys(database: Database, workspace: string): Promise<readonly ShownKey[]> {
  const rows = await database.query({
    text: `
      select ${KEPT}
      from remodel.workspaces w
      left join remodel.keys k on k.workspace_id = w.id
      where w.slug = $1
        and w.trashed_at is null
      order by k.created_at desc, k.id`,
    params: [workspace],
  });
  if (rows.length === 0) throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
  return rows.flatMap((row) => (row['id'] === null ? [] : [readKey(row).shown]));
}

/** Throws `unknown_key`. */
export async function findKey(database: Database, workspace: string, id: string): Promise<KeptKey> {
  const [row] = await database.query({
    text: `
      select ${KEPT}
      from remodel.keys k
      join remodel.workspaces w on w.id = k.workspace_id
      where w.slug = $1
        and w.trashed_at is null
        and k.id = $2`,
    params: [workspace, assertKeyId(id)],
  });
  if (!row) throw unknownKey(id);
  return readKey(row);
}

/** Throws `unknown_key` for what is the id of none. */
export function assertKeyId(id: string): string {
  if (!isUuid(id)) throw unknownKey(id);
  return id;
}

function unknownKey(id: string): Failure {
  return new Failure('unknown_key', `there is no key ${id}`);
}
