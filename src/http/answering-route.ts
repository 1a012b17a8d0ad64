import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { EdgeEnv } from './edge.ts';

/** The route that answers, as it was mounted; undefined where there is none. What stands before routes is for all methods. */
export function answeringRoute(
  c: Context<EdgeEnv>,
): { readonly method: string; readonly path: string } | undefined {
  return matchedRoutes(c).find(({ method }) => method !== 'ALL');
}
