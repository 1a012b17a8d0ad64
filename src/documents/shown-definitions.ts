import type { DefinitionInput } from '../definition/definition-input.ts';
import { showDefinition } from '../definition/show-definition.ts';
import type { DocumentedWorkspace } from './documented-model.ts';

/**
 * All definitions as a change takes them. Without ids, which are a workspace's own: models and fields are found by
 * their names, here or in any other workspace.
 */
export function shownDefinitions({ models }: DocumentedWorkspace): {
  readonly models: readonly DefinitionInput[];
} {
  const names = new Map(models.map(({ definition }) => [definition.id, definition.name]));
  return {
    models: models.map(({ definition }) => {
      const { id: _id, ...shown } = showDefinition(definition, (modelId) => names.get(modelId));
      return { ...shown, fields: shown.fields.map(({ id: _fieldId, ...field }) => field) };
    }),
  };
}
