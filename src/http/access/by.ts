import type { Context } from 'hono';
import type { Actor, By } from '../../catalog/audit.ts';
import type { EdgeEnv } from '../edge.ts';

/** Who acts in this request, and by what way: what every administrative act is noted with. */
export function byOf(c: Context<EdgeEnv>): By {
  const actor = c.get('actor');
  return { actor, source: sourceOf(c, actor), requestId: c.get('requestId') };
}

function sourceOf(c: Context<EdgeEnv>, actor: Actor): By['source'] {
  if (actor.kind === 'webhook') return 'webhook';
  return /^remodel-cli\b/.test(c.req.header('User-Agent') ?? '') ? 'cli' : 'api';
}
