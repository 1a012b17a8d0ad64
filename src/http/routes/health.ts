import { Hono } from 'hono';
import { plain } from '../../statement.ts';
import type { EdgeEnv } from '../edge.ts';
import { VERSION } from '../version.ts';

/** Whether the parts that serving needs are up. Without Redis requests go on, by the catalog. */
export const health = new Hono<EdgeEnv>().get('/', async (c) => {
  const { database, heads } = c.env.edge;
  const [postgres, redis] = await Promise.all([
    isUp(() => database.query(plain('select 1'))),
    isUp(() => heads.readDefinition('')),
  ]);
  const checks = { postgres, redis, queue: 'ok' };
  const status = postgres === 'down' ? 'down' : redis === 'down' ? 'degraded' : 'ok';
  return c.json({ status, checks, version: VERSION }, status === 'down' ? 503 : 200);
});

async function isUp(ask: () => Promise<unknown>): Promise<'ok' | 'down'> {
  try {
    await ask();
    return 'ok';
  } catch (error) {
    console.warn(JSON.stringify({ event: 'health', error: String(error) }));
    return 'down';
  }
}
