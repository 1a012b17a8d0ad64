import { Hono } from 'hono';
import { Failure } from '../../failure.ts';
import { readJson } from '../body.ts';
import { submitOperation } from '../changes/submit-operation.ts';
import type { EdgeEnv } from '../edge.ts';
import { findModel } from '../find-model.ts';

/** Ways back to a version of a model. */
export const rollback = new Hono<EdgeEnv>().post('/:model/rollback', async (c) => {
  const name = c.req.param('model');
  try {
    return await submitOperation(c, { op: 'rollbackModel', model: name }, await readJson(c));
  } catch (error) {
    // Of a model that is on its way, no version is there yet.
    if (error instanceof Failure && error.code === 'unknown_version') await findModel(c, name);
    throw error;
  }
});
