import type { Context } from 'hono';
import type { Sight } from '../../catalog/database-tables.ts';
import type { EdgeEnv } from '../edge.ts';
import { allowedModels } from './assert-granted.ts';

/** The root token sees all that no other workspace owns; everybody else what was opened to the workspace. */
export function sightOf(c: Context<EdgeEnv>): Sight {
  return c.get('actor').kind === 'root' ? 'all' : 'open';
}

/** What a plan goes by of whoever asks for it. */
export function askerOf(c: Context<EdgeEnv>) {
  return { sight: sightOf(c), only: allowedModels(c) };
}
