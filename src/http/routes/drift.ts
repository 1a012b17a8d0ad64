import { Hono } from 'hono';
import { readDrift } from '../../catalog/drift.ts';
import type { EdgeEnv } from '../edge.ts';

/** Where the database is not as the catalog says, each difference with the operations that repair it. */
export const drift = new Hono<EdgeEnv>().get('/', async (c) => {
  const { differences } = await readDrift(c.env.edge.database, c.req.param('ws') ?? '');
  const data = differences.map(({ repairs, ...difference }) => ({
    ...difference,
    repairs: Object.keys(repairs).map((keep) => ({ op: 'repair', difference: difference.id, keep })),
  }));
  return c.json({ data, page: { limit: data.length, next: null } });
});
