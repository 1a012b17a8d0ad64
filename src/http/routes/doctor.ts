import { Hono } from 'hono';
import type { EdgeEnv } from '../edge.ts';

/** What an operator should know of this deployment, and how to mend it. */
export const doctor = new Hono<EdgeEnv>().get('/', async (c) => {
  const data = await c.env.edge.examine();
  return c.json({ data, page: { limit: data.length, next: null } });
});
