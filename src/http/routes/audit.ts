import { Hono } from 'hono';
import { listActs } from '../../catalog/audit.ts';
import type { EdgeEnv } from '../edge.ts';
import { pageOf, pageQuery } from '../paging.ts';

/** What was done to a workspace and in it, by whom: administrative acts, newest first. */
export const audit = new Hono<EdgeEnv>().get('/', async (c) => {
  const { limit, before } = pageQuery(c);
  const found = await listActs(c.env.edge.database, c.req.param('ws') ?? '', {
    limit: limit + 1,
    before,
    action: c.req.query('action') ?? null,
    actor: c.req.query('actor') ?? null,
  });
  return c.json(pageOf(found, limit, (act) => act.id));
});
