import { type Context, Hono } from 'hono';
import { askPurge, isInTrash, listTrash, readTrash } from '../../catalog/trash.ts';
import { Failure } from '../../failure.ts';
import { byOf } from '../access/by.ts';
import { readOptionalJson } from '../body.ts';
import { nudgeMigrator } from '../changes/nudge-migrator.ts';
import { submitOperation } from '../changes/submit-operation.ts';
import type { EdgeEnv } from '../edge.ts';
import { preferredWait } from '../headers.ts';
import { pageOf, pageQuery } from '../paging.ts';

/** What was dropped, until it is purged. */
export const trash = new Hono<EdgeEnv>()
  .get('/', async (c) => {
    const { limit, before } = pageQuery(c);
    const found = await listTrash(c.env.edge.database, c.req.param('ws') ?? '', limit + 1, before);
    const { data, page } = pageOf(found, limit, ({ n }) => n);
    return c.json({ data: data.map(({ n: _n, ...shown }) => shown), page });
  })
  .post('/:id/restore', async (c) =>
    submitOperation(c, { op: 'restore', trash: c.req.param('id') }, await readOptionalJson(c)),
  )
  .delete('/:id', async (c) => {
    const { database } = c.env.edge;
    const workspace = c.req.param('ws') ?? '';
    const { error: _error, ...entry } = await readTrash(database, workspace, c.req.param('id'));
    if (c.req.query('confirm') !== entry.id) {
      const message = `purged, ${entry.name} is gone for good: repeat the request with ?confirm=${entry.id}`;
      throw new Failure('purge_unconfirmed', message, { data: { entry } });
    }
    await askPurge(database, workspace, entry.id, byOf(c));
    await nudgeMigrator(c, workspace);
    const seconds = preferredWait(c);
    if (seconds === null) return c.json(entry, 202);
    c.header('Preference-Applied', `wait=${seconds}`);
    return (await isPurged(c, entry.id, seconds)) ? c.body(null, 204) : c.json(entry, 202);
  });

const POLL_MS = 100;

/** The migrator purges: the edge has no right to. */
async function isPurged(c: Context<EdgeEnv>, id: string, seconds: number): Promise<boolean> {
  const { database, sleep } = c.env.edge;
  for (const deadline = Date.now() + seconds * 1000; await isInTrash(database, id); ) {
    if (Date.now() + POLL_MS > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}
