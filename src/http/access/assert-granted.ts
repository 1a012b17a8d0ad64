import type { Context } from 'hono';
import { isChangeFor, isChangeOf } from '../../catalog/changes.ts';
import type { Grant } from '../../catalog/key-state.ts';
import { findModelId } from '../../catalog/model-ids.ts';
import { isName } from '../../definition/identifiers.ts';
import { Failure } from '../../failure.ts';
import type { Related } from '../../model/related.ts';
import type { EdgeEnv } from '../edge.ts';
import type { KeyAccess } from './access.ts';

/** Throws `insufficient_scope` where a key may not use a route. */
export async function assertGranted(c: Context<EdgeEnv>, grant: Grant, access: KeyAccess): Promise<void> {
  const { scope, limited } = access;
  if (!grant.scopes.includes(scope)) {
    throw new Failure('insufficient_scope', `this asks for a key of the scope ${scope}`, { data: { scope } });
  }
  if (grant.models === null || limited === 'route') return;
  const { database } = c.env.edge;
  const [, , workspace = '', , name = ''] = c.req.path.split('/');
  switch (limited) {
    case 'refused':
      throw new Failure(
        'insufficient_scope',
        'this concerns all models: it asks for a key that is not limited to some',
        { data: { scope } },
      );
    case 'model': {
      const id = isName(name) ? await findModelId(database, workspace, name) : null;
      // What is not there is told by the route; it is for other keys to create it.
      if (id === null && c.req.method === 'GET') return;
      if (id === null || !grant.models.includes(id)) throw ofOtherModels(name, scope);
      return;
    }
    case 'change':
      if (!(await isChangeFor(database, workspace, name, grant))) {
        throw new Failure('unknown_change', `there is no change ${name} of the models of this key alone`);
      }
      return;
    case 'own':
      if (!(await isChangeOf(database, workspace, name, grant.id))) {
        throw new Failure('unknown_change', `there is no change ${name} that this key made`);
      }
  }
}

/** The ids of the models that a request may be about; null: all. */
export function allowedModels(c: Context<EdgeEnv>): readonly string[] | null {
  return c.get('key')?.grant?.models ?? null;
}

/** The models that a request is about, of which a limited key may use some. Throws `insufficient_scope`. */
export function assertModel(
  c: Context<EdgeEnv>,
  { definition }: { readonly definition: { readonly id: string; readonly name: string } },
): void {
  const models = allowedModels(c);
  if (models !== null && !models.includes(definition.id)) throw ofOtherModels(definition.name, null);
}

/** The same for those that a request comes to ask for, before anything of theirs is read. */
export function limitedRelated(c: Context<EdgeEnv>, related: Related): Related {
  return {
    byId(id) {
      const model = related.byId(id);
      assertModel(c, model);
      return model;
    },
    byName(name) {
      const model = related.byName(name);
      if (model) assertModel(c, model);
      return model;
    },
    get taken() {
      return related.taken;
    },
  };
}

/** What a key that is limited to models is told of a model that is none of them. */
export function ofOtherModels(name: string, scope: string | null): Failure {
  return new Failure('insufficient_scope', `this key is limited to other models than ${name}`, {
    data: scope === null ? {} : { scope },
  });
}
