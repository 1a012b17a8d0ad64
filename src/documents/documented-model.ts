import type { Definition } from '../definition/definition.ts';
import { hasJoinTable } from '../definition/join-table.ts';

/** A model as it is published: what documents are made of. */
export interface DocumentedModel {
  readonly definition: Definition;
  readonly version: number;
  readonly hash: string;
}

/** All models of a workspace at one moment. */
export interface DocumentedWorkspace {
  readonly slug: string;
  /** In order of their names. */
  readonly models: readonly DocumentedModel[];
}

/** A way from the records of a model to others, by the name that paths call it. */
export interface DocumentedRelation {
  readonly name: string;
  /** The name of the model that it leads to. */
  readonly to: string;
  readonly isMany: boolean;
}

/** The relations of each model, by the model's id: along its own fields, and back from the fields of others. */
export function relationsOf(
  models: readonly DocumentedModel[],
): ReadonlyMap<string, readonly DocumentedRelation[]> {
  const relations = new Map<string, DocumentedRelation[]>(
    models.map(({ definition }) => [definition.id, []]),
  );
  const names = new Map(models.map(({ definition }) => [definition.id, definition.name]));
  const fieldNames = new Map(
    models.map(({ definition }) => [definition.id, new Set(definition.fields.map((field) => field.name))]),
  );
  for (const { definition } of models) {
    const { id, name, fields } = definition;
    const back = new Map<string, string[]>();
    for (const field of fields) {
      const to = field.to === undefined ? undefined : names.get(field.to);
      if (field.to === undefined || to === undefined) continue;
      relations.get(id)?.push({ name: field.name, to, isMany: hasJoinTable(field) });
      back.set(field.to, [...(back.get(field.to) ?? []), field.name]);
    }
    for (const [target, by] of back) {
      const ways = by.map((field) => `${name}(${field})`);
      // A field of the target comes first where a path names it.
      if (by.length === 1 && !fieldNames.get(target)?.has(name)) ways.unshift(name);
      relations.get(target)?.push(...ways.map((way) => ({ name: way, to: name, isMany: true })));
    }
  }
  return relations;
}
