import type { Context } from 'hono';
import { HeadStoreError } from '../../ports.ts';
import type { EdgeEnv } from '../edge.ts';

/** Delay after which the sweep looks for a change whose message was lost. */
const LOST_AFTER_MS = 60_000;

/** Wakes the migrator for a workspace, and notes the workspace for the sweep. */
export async function nudgeMigrator(c: Context<EdgeEnv>, workspace: string): Promise<void> {
  const { queue, heads } = c.env.edge;
  await Promise.all([
    queue.send({ workspace }),
    // Without Redis the hourly sweep of the catalog finds the work.
    heads.schedule(workspace, Date.now() + LOST_AFTER_MS).catch(ignoreOutage),
  ]);
}

function ignoreOutage(error: unknown): void {
  if (!(error instanceof HeadStoreError)) throw error;
  console.warn(JSON.stringify({ event: 'redis_unavailable', error: error.message }));
}
