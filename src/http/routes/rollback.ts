import { Hono } from 'hono';
import { readJson } from '../body.ts';
import { submitOperation } from '../changes/submit-operation.ts';
import type { EdgeEnv } from '../edge.ts';

/** Ways back to a version of a model. */
export const rollback = new Hono<EdgeEnv>().post('/:model/rollback', async (c) =>
  submitOperation(c, { op: 'rollbackModel', model: c.req.param('model') }, await readJson(c)),
);
