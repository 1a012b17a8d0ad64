import { showDefinition } from '../definition/show-definition.ts';
import type { DocumentedWorkspace } from './documented-model.ts';

/**
 * Writes all definitions as a change takes them. Without ids, which are a workspace's own: models and fields are found
 * by their names, here or in any other workspace.
 */
export function* writeDefinitions({ models }: DocumentedWorkspace): Iterable<string> {
  const names = new Map(models.map(({ definition }) => [definition.id, definition.name]));
  let between = '{"models":[';
  if (models.length === 0) yield between;
  for (const { definition } of models) {
    const { id: _id, ...shown } = showDefinition(definition, (modelId) => names.get(modelId));
    const fields = shown.fields.map(({ id: _fieldId, ...field }) => field);
    yield between + JSON.stringify({ ...shown, fields });
    between = ',';
  }
  yield ']}';
}
