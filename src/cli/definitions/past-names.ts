import type { Server } from '../server.ts';
import { differences } from './difference.ts';
import type { ModelDefinition } from './model-definition.ts';
import { type PastDefinition, withPastNames } from './renames.ts';

/** The definitions of a server, with the renames noted that those of another one need to become them. */
export async function definitionsFor(
  server: Server,
  others: readonly ModelDefinition[],
): Promise<readonly ModelDefinition[]> {
  const models = await server.definitions();
  const names = new Set(models.map(({ name }) => name));
  const changed = new Set(differences(others, models).map(({ model }) => model));
  return Promise.all(
    models.map(async (model) => {
      if (!changed.has(model.name)) return model;
      const path = `/models/${encodeURIComponent(model.name)}/versions`;
      return withPastNames(model, await server.all<PastDefinition>(path), others, (name) => names.has(name));
    }),
  );
}
