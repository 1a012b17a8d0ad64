import { Hono } from 'hono';
import { listTrash } from '../../catalog/trash.ts';
import { readOptionalJson } from '../body.ts';
import type { EdgeEnv } from '../edge.ts';
import { pageOf, pageQuery } from '../paging.ts';
import { submitOperation } from '../submit-operation.ts';

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
  );
