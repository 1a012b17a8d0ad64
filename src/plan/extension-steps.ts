import type { Definition } from '../definition/definition.ts';
import type { Extension } from '../definition/extensions.ts';
import { specOf } from '../definition/field-types.ts';
import type { CreateExtension } from './steps/create-extension.ts';

/** A step for each extension that the fields of models need, and that the database does not have. */
export function extensionSteps(
  models: readonly Definition[],
  schema: string,
  present: readonly Extension[],
): readonly CreateExtension[] {
  const steps = new Map<Extension, CreateExtension>();
  for (const model of models) {
    for (const field of model.fields) {
      const { extension } = specOf(field);
      if (extension === undefined || present.includes(extension) || steps.has(extension)) continue;
      steps.set(extension, {
        kind: 'createExtension',
        phase: 'expand',
        model: model.name,
        field: field.name,
        target: { schema, table: model.table },
        columns: [],
        extension,
      });
    }
  }
  return [...steps.values()];
}
