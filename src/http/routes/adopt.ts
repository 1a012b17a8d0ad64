import { Hono } from 'hono';
import { preflight } from '../../catalog/preflight.ts';
import { showDefinition } from '../../definition/show-definition.ts';
import { Failure } from '../../failure.ts';
import { parseChangeRequest } from '../../plan/parse-change-request.ts';
import { askerOf } from '../access/sight.ts';
import { readJson } from '../body.ts';
import { submitOperation } from '../changes/submit-operation.ts';
import { withoutPrefix } from '../changes/without-prefix.ts';
import type { EdgeEnv } from '../edge.ts';

/** Makes models of tables that are there. `?plan` shows the definitions and the plan, and changes nothing. */
export const adopt = new Hono<EdgeEnv>().post('/', async (c) => {
  const body = await readJson(c);
  if (c.req.query('plan') === undefined) return submitOperation(c, { op: 'adopt' }, body);
  const { plan, shown } = await preflight(
    c.env.edge.database,
    c.req.param('ws') ?? '',
    requestOf(body.value),
    askerOf(c),
  );
  const names = new Map(plan.models.map(({ id, name }) => [id, name]));
  const models = plan.models
    .filter(({ name }) => Object.hasOwn(plan.result, name))
    .map((model) => showDefinition(model, (id) => names.get(id)));
  return c.json({ models, unmapped: plan.unmapped, plan: shown });
});

/** The body is the operation, but for its name. */
function requestOf(body: unknown) {
  const members = typeof body === 'object' && !Array.isArray(body) ? body : null;
  try {
    return parseChangeRequest({ operations: [{ ...members, op: 'adopt' }] });
  } catch (error) {
    throw error instanceof Failure ? withoutPrefix(error, '/operations/0') : error;
  }
}
