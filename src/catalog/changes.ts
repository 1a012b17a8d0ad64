import { isUuid } from '../definition/identifiers.ts';
import { Failure } from '../failure.ts';
import type { ChangeRequest } from '../plan/change-request.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import type { By } from './audit.ts';
import { text, textOrNull } from './columns.ts';
import type { Grant } from './key-state.ts';
import type { PushPosition } from './push-positions.ts';
import { type ChangeNews, readShownChange, SELECT_CHANGES, type ShownChange } from './shown-change.ts';
import { findWorkspace } from './workspaces.ts';

/** What is written down when a change is asked for. */
export interface NewChange {
  readonly id: string;
  readonly request: ChangeRequest;
  /** Names, and ids. */
  readonly models: readonly string[];
  readonly modelIds: readonly string[];
  readonly by: By;
  readonly idempotencyKey: string | null;
  readonly bodyHash: string;
  /** The push that brings it, where one does. */
  readonly push?: PushPosition;
}

/**
 * Writes a change at the end of its workspace's order; false where its `Idempotency-Key` was used before, or a newer
 * push was quicker.
 */
export async function insertChange(
  database: Database,
  workspace: string,
  change: NewChange,
): Promise<boolean> {
  const { push = null } = change;
  const rows = await database.query(sql`
    with moved as (
      select remodel.move_push(w.id, ${push}::jsonb) as is_next
      from remodel.workspaces w
      where w.slug = ${workspace}
    ), workspace as (
      update remodel.workspaces
      set change_seq = change_seq + 1
      where slug = ${workspace}
        and trashed_at is null
        and (select is_next from moved)
      returning id, change_seq
    ), inserted as (
      insert into remodel.changes
        (id, workspace_id, seq, status, request, model_names, model_ids, source, actor, idempotency_key, body_hash)
      select
        ${change.id}, w.id, w.change_seq, 'queued', ${change.request},
        array(select json_array_elements_text(${change.models}::json)),
        array(select json_array_elements_text(${change.modelIds}::json)), ${change.by.source}, ${change.by.actor},
        ${change.idempotencyKey}, ${change.bodyHash}
      from workspace w
      on conflict (workspace_id, idempotency_key) do nothing
      returning workspace_id, id, model_names
    )
    select remodel.note_act(
      i.workspace_id, ${change.by}, 'change.submitted', i.id::text, null, jsonb_build_object('models', i.model_names)
    )::text
    from inserted i
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

/** Throws `unknown_change` for what is the id of none. */
export function assertChangeId(id: string): void {
  if (!isUuid(id)) throw new Failure('unknown_change', `there is no change ${id}`);
}

/** One change. Throws `unknown_change`. */
export async function readChange(database: Database, workspace: string, id: string): Promise<ShownChange> {
  const news = await readChangeNews(database, workspace, id, null);
  if (!news) throw new Failure('unknown_change', `there is no change ${id}`);
  return news.change;
}

/** One change where it has moved on from a revision; null where it has not, or is not there. */
export async function readChangeNews(
  database: Database,
  workspace: string,
  id: string,
  known: number | null,
): Promise<ChangeNews | null> {
  assertChangeId(id);
  const [row] = await database.query({
    text: `${SELECT_CHANGES}
      where w.slug = $1 and w.trashed_at is null and c.id = $2 and c.revision is distinct from $3::bigint`,
    params: [workspace, id, known === null ? null : String(known)],
  });
  return row ? readShownChange(row) : null;
}

/** Changes that a key may see, all without one; newest first, from below `before` (a `seq`) on. Throws `unknown_workspace`. */
export async function listChanges(
  database: Database,
  workspace: string,
  limit: number,
  before: number | null,
  grant: Grant | null,
): Promise<readonly ShownChange[]> {
  const rows = await database.query({
    text: `${SELECT_CHANGES}
      where w.slug = $1 and w.trashed_at is null and ($2::bigint is null or c.seq < $2::bigint)
        and ${isFor('$4', '$5')}
      order by c.seq desc
      limit $3::integer`,
    params: [workspace, before === null ? null : String(before), String(limit), ...limitOf(grant)],
  });
  if (rows.length === 0) await findWorkspace(database, workspace);
  return rows.map((row) => readShownChange(row).change);
}

/** Whether a key may see a change: one that is limited to models, where the change touches these alone, or is its own. */
export async function isChangeFor(
  database: Database,
  workspace: string,
  id: string,
  grant: Grant,
): Promise<boolean> {
  assertChangeId(id);
  const rows = await database.query({
    text: `
      select
      from remodel.changes c
      join remodel.workspaces w on w.id = c.workspace_id
      where w.slug = $1
        and c.id = $2
        and ${isFor('$3', '$4')}`,
    params: [workspace, id, ...limitOf(grant)],
  });
  return rows.length > 0;
}

/** What touches no model is nobody's but who asked for it. */
function isFor(models: string, key: string): string {
  return `(
    ${models}::json is null
    or c.actor ->> 'id' = ${key}
    or (c.model_ids <> '{}' and c.model_ids <@ array(select json_array_elements_text(${models}::json)))
  )`;
}

function limitOf(grant: Grant | null): readonly [models: string | null, key: string | null] {
  return [grant?.models ? JSON.stringify(grant.models) : null, grant?.id ?? null];
}

/** Whether a change was asked for by a key. */
export async function isChangeOf(
  database: Database,
  workspace: string,
  id: string,
  keyId: string,
): Promise<boolean> {
  assertChangeId(id);
  const rows = await database.query(sql`
    select
    from remodel.changes c
    join remodel.workspaces w on w.id = c.workspace_id
    where w.slug = ${workspace}
      and c.id = ${id}
      and c.actor ->> 'id' = ${keyId}
  `);
  return rows.length > 0;
}

/** The status alone: what a client that waits asks for again and again. */
export async function readStatus(database: Database, id: string): Promise<string | null> {
  const [row] = await database.query(sql`select status from remodel.changes where id = ${id}`);
  return textOrNull(row, 'status');
}
