import { text } from '../catalog/columns.ts';
import { HeadStoreError } from '../ports.ts';
import { plain } from '../statement.ts';
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

/** Every head as the catalog has it, and a nudge for each workspace that has work. */
export async function sweepCatalog(migrator: Migrator): Promise<void> {
  const session = await migrator.connect();
  try {
    const rows = await session.query(
      plain(`
        select
          w.slug,
          exists (
            select
            from remodel.changes c
            where c.workspace_id = w.id
              and (c.status in ('queued', 'running') or (c.status = 'published' and c.contract_at <= now()))
          )::text as has_work
        from remodel.workspaces w
        where w.trashed_at is null
        order by w.slug`),
    );
    for (const row of rows) {
      if (row['has_work'] === 'true') await migrator.queue.send({ workspace: text(row, 'slug') });
    }
    // After the nudges: where Redis is down, this fails, and what has work goes on none the less.
    for (const row of rows) await writeHeads(session, migrator.heads, text(row, 'slug'), null);
    await migrator.heads.swept(migrator.now());
  } finally {
    await session.end();
  }
}
