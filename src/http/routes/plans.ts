import { Hono } from 'hono';
import { preflight } from '../../catalog/preflight.ts';
import { parseChangeRequest } from '../../plan/parse-change-request.ts';
import { askerOf } from '../access/sight.ts';
import { withoutSamples } from '../access/without-samples.ts';
import { readJson } from '../body.ts';
import type { EdgeEnv } from '../edge.ts';

/** What a change would do. Making a plan changes nothing. */
export const plans = new Hono<EdgeEnv>().post('/', async (c) => {
  const request = parseChangeRequest((await readJson(c)).value);
  const { shown } = await preflight(c.env.edge.database, c.req.param('ws') ?? '', request, askerOf(c));
  return c.json(withoutSamples(c, shown));
});
