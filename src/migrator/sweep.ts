import { number, text, textOrNull } from '../catalog/columns.ts';
import { KEY_STATE, keyField } from '../catalog/key-state.ts';
import { formatWorkspaceState, WORKSPACE_FIELD } from '../heads/workspace-state.ts';
import { HeadStoreError, type Row } from '../ports.ts';
import type { Migrator } from './migrator.ts';
import { writeHeads } from './write-heads.ts';

/**
 * Brings back what was lost: nudges every workspace whose time has come. It asks Redis alone, so that an idle
 * database may sleep; the whole catalog is looked at once an hour, and whenever Redis has been emptied. Answers
 * whether it was.
 */
export async function sweep(migrator: Migrator): Promise<boolean> {
  const due = await readDue(migrator);
  if (due === null) await sweepCatalog(migrator);
  for (const workspace of due ?? []) await migrator.queue.send({ workspace });
  return due === null;
}

async function readDue({ heads, now }: Migrator): Promise<readonly string[] | null> {
  try {
    return await heads.due(now());
  } catch (error) {
    if (error instanceof HeadStoreError) return null;
    throw error;
  }
}

/**
 * Every head as the catalog has it, and what stands beside the heads: the keys that Redis may hold as valid, which are
 * those that are, and those that ended not long ago; and which workspaces lie in the trash. And a nudge for each
 * workspace that has work.
 */
export async function sweepCatalog(migrator: Migrator): Promise<void> {
  const session = await migrator.connect();
  try {
    const rows = await session.query({
      text: `
        select
          w.slug,
          case
            when w.trashed_at is not null then
              kept.days >= 0 and w.trashed_at + kept.days * interval '1 day' <= now()
            else exists (
              select
              from remodel.changes c
              where c.workspace_id = w.id
                and (c.status in ('queued', 'running') or (c.status = 'published' and c.contract_at <= now()))
            ) or exists (select from remodel.trash t where t.workspace_id = w.id and t.purge_after <= now())
          end::text as has_work,
          w.state_seq::text,
          (w.trashed_at is not null)::text as is_trashed,
          (
            select json_agg(json_build_array(k.hash, ${KEY_STATE}))::text
            from remodel.keys k
            where k.workspace_id = w.id
              and least(k.revoked_at, k.expires_at, now()) > now() - interval '7 days'
          ) as keys
        from remodel.workspaces w
        cross join lateral (select coalesce(w.trash_retention_days, $1::double precision) as days) as kept
        order by w.trashed_at is null, w.slug`,
      params: [String(migrator.trashRetentionDays)],
    });
    for (const row of rows) {
      if (row['has_work'] === 'true') await migrator.queue.send({ workspace: text(row, 'slug') });
    }
    // After the nudges: where Redis is down, this fails, and what has work goes on none the less.
    for (const row of rows) {
      await migrator.heads.write(text(row, 'slug'), besideHeads(row));
      if (!isTrashed(row)) await writeHeads(session, migrator.heads, text(row, 'slug'), null);
    }
    await migrator.heads.swept(migrator.now());
  } finally {
    await session.end();
  }
}

function isTrashed(row: Row): boolean {
  return row['is_trashed'] === 'true';
}

function besideHeads(row: Row): readonly (readonly [field: string, text: string])[] {
  const keys: readonly (readonly [hash: string, state: string])[] = JSON.parse(
    textOrNull(row, 'keys') ?? '[]',
  );
  return [
    [WORKSPACE_FIELD, formatWorkspaceState(number(row, 'state_seq'), isTrashed(row))],
    ...keys.map(([hash, state]) => [keyField(hash), state] as const),
  ];
}
