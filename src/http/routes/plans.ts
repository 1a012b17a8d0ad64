import { Hono } from 'hono';
import { preflight } from '../../catalog/preflight.ts';
import { askerOf } from '../access/sight.ts';
import { withoutSamples } from '../access/without-samples.ts';
import { readJson } from '../body.ts';
import { asWritten } from '../changes/as-written.ts';
import { ofWantedModels } from '../changes/wanted-models.ts';
import type { EdgeEnv } from '../edge.ts';
import { setModelHash } from '../headers.ts';

/** What a change would do. Making a plan changes nothing. */
export const plans = new Hono<EdgeEnv>().post('/', async (c) => {
  const { value } = await readJson(c);
  const looking = { ...askerOf(c), guard: ofWantedModels(c) };
  const { plan, shown } = await asWritten(value, (request) =>
    preflight(c.env.edge.database, c.req.param('ws') ?? '', request, looking),
  );
  setModelHash(c, plan.base);
  return c.json(withoutSamples(c, shown));
});
