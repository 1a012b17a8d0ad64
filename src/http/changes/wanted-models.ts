import type { Context } from 'hono';
import type { ChangeRequest } from '../../plan/change-request.ts';
import { touchedModels } from '../../plan/touched-models.ts';
import type { WorkspaceState } from '../../plan/workspace-state.ts';
import { allowedModels } from '../access/assert-granted.ts';
import type { EdgeEnv } from '../edge.ts';
import { assertModelHash, wantedHashes } from '../headers.ts';

/** Adds to a request what only the state can tell, or refuses it. */
export type Guard = (state: WorkspaceState, request: ChangeRequest) => ChangeRequest;

/**
 * The same guard, for a request that says by `Model-Hash` which definitions it was made for: refused where a model that
 * takes part is another one, now or when its turn comes.
 */
export function ofWantedModels(c: Context<EdgeEnv>, guard: Guard = (_, asked) => asked): Guard {
  const wanted = wantedHashes(c);
  if (wanted.size === 0) return guard;
  return (state, asked) => {
    const allowed = allowedModels(c);
    const seen = state.models.filter(({ definition }) => allowed?.includes(definition.id) ?? true);
    const current = new Map(seen.map(({ definition, hash }) => [definition.name, hash]));
    const { names } = touchedModels(asked);
    const touched = names === 'all' ? [...current.keys()] : Object.keys(names);
    assertModelHash(c, Object.fromEntries(touched.map((name) => [name, current.get(name)])));
    const request = guard(state, asked);
    const expect = [...wanted].filter(([name]) => touched.includes(name));
    return { ...request, expect: { ...Object.fromEntries(expect), ...request.expect } };
  };
}
