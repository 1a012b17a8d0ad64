import type { Context } from 'hono';
import { readPublishedModels } from '../catalog/published-models.ts';
import { readWorkspaceState } from '../catalog/workspace-state.ts';
import { Failure } from '../failure.ts';
import { modelsNamed } from '../plan/touched-models.ts';
import type { PublishedModel, WorkspaceState } from '../plan/workspace-state.ts';
import type { EdgeEnv } from './edge.ts';

/** A published model, and the state that it was read in, with `others`. Throws `unknown_model`, or `model_pending`. */
export async function findModel(
  c: Context<EdgeEnv>,
  name: string,
  ...others: readonly string[]
): Promise<{ readonly state: WorkspaceState; readonly model: PublishedModel }> {
  const { database } = c.env.edge;
  const state = await readWorkspaceState(database, c.req.param('ws') ?? '', modelsNamed(name, ...others));
  const model = state.models.find((m) => m.definition.name === name);
  if (model) return { state, model };
  const [found] = await readPublishedModels(database, c.req.param('ws') ?? '', [name]);
  if (found?.kind === 'unknown') throw new Failure('unknown_model', `there is no model ${name}`);
  throw new Failure('model_pending', `a change of ${name} is under way; ask again in a moment`);
}
