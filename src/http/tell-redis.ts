import type { Context } from 'hono';
import { HeadStoreError } from '../ports.ts';
import type { EdgeEnv } from './edge.ts';

/**
 * Tells Redis what stands beside the heads of a workspace. False where it could not be told: the migrator is asked to,
 * and tries until it could.
 */
export async function tellRedis(
  c: Context<EdgeEnv>,
  workspace: string,
  fields: readonly (readonly [field: string, text: string])[],
): Promise<boolean> {
  const { heads, queue } = c.env.edge;
  try {
    await heads.write(workspace, fields);
    return true;
  } catch (error) {
    if (!(error instanceof HeadStoreError)) throw error;
    await queue.send({ workspace, heads: true });
    return false;
  }
}
