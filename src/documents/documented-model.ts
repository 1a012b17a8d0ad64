import type { Definition, Field } from '../definition/definition.ts';
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
  /** From those that are referred to, to those that refer to them. */
  readonly isBack: boolean;
  /** By a list of references. */
  readonly isLinked: boolean;
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
    const back = new Map<string, Field[]>();
    for (const field of fields) {
      const to = field.to === undefined ? undefined : names.get(field.to);
      if (field.to === undefined || to === undefined) continue;
      const isLinked = hasJoinTable(field);
      relations.get(id)?.push({ name: field.name, to, isMany: isLinked, isBack: false, isLinked });
      back.set(field.to, [...(back.get(field.to) ?? []), field]);
    }
    for (const [target, by] of back) {
      const ways = by.map((field) => ({ way: `${name}(${field.name})`, isLinked: hasJoinTable(field) }));
      // A field of the target comes first where a path names it.
      if (by.length === 1 && !fieldNames.get(target)?.has(name))
        ways.unshift({ way: name, isLinked: by.some(hasJoinTable) });
      relations
        .get(target)
        ?.push(
          ...ways.map(({ way, isLinked }) => ({ name: way, to: name, isMany: true, isBack: true, isLinked })),
        );
    }
  }
  return relations;
}
