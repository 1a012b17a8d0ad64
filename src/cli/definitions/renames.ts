import type { ModelDefinition } from './model-definition.ts';

/**
 * Definitions with those renames alone that are still to come: a note whose model or field is there under its new
 * name has done its work, and would rename what has got the old name since; one whose old name is not there has
 * nothing to rename. So names cannot be exchanged by notes.
 */
export function withOpenRenames(
  models: readonly ModelDefinition[],
  current: readonly ModelDefinition[],
): readonly ModelDefinition[] {
  const byName = new Map(current.map((model) => [model.name, model]));
  return models.map((model) => {
    const open = withOpenNote(model, byName);
    const before = byName.get(open.renamedFrom ?? open.name);
    const fields = new Map(before?.fields.map((field) => [field.name, field]));
    return { ...open, fields: model.fields.map((field) => withOpenNote(field, fields)) };
  });
}

function withOpenNote<T extends { readonly name: string; readonly renamedFrom?: string }>(
  one: T,
  current: ReadonlyMap<string, unknown>,
): T {
  const { renamedFrom } = one;
  const isOpen = renamedFrom !== undefined && current.has(renamedFrom) && !current.has(one.name);
  return isOpen ? one : withoutNote(one);
}

function withoutNote<T extends object>(one: T): T {
  const kept = { ...one };
  Reflect.deleteProperty(kept, 'renamedFrom');
  return kept;
}

/** Definitions in which the renames that a plan's questions were answered by are noted as well. */
export function withAnsweredRenames(
  models: readonly ModelDefinition[],
  answers: Readonly<Record<string, boolean>>,
): readonly ModelDefinition[] {
  const renames = new Map(
    Object.entries(answers).flatMap(([id, answer]) => {
      const [, model, from, to] = /^rename:([^.]+)\.(.+)->(.+)$/.exec(id) ?? [];
      return answer && from !== undefined ? [[`${model}.${to}`, from] as const] : [];
    }),
  );
  if (renames.size === 0) return models;
  return models.map((model) => ({
    ...model,
    fields: model.fields.map((field) => {
      const renamedFrom = renames.get(`${model.name}.${field.name}`);
      return renamedFrom === undefined ? field : { ...field, renamedFrom };
    }),
  }));
}

/** A published definition, by which ids are followed through the names that they had. */
export interface PastDefinition {
  readonly name: string;
  readonly fields: readonly { readonly id: string; readonly name: string }[];
}

/**
 * A definition of one workspace with the renames that another needs to follow it: what is there under a name that the
 * same model or field had once is renamed, newest name first. `versions` are newest first, and begin with the present.
 */
export function withPastNames(
  model: ModelDefinition,
  versions: readonly PastDefinition[],
  others: readonly ModelDefinition[],
  isTaken: (name: string) => boolean,
): ModelDefinition {
  const pastNames = versions.map(({ name }) => name);
  const isThere = others.some(({ name }) => name === model.name);
  const former = isThere
    ? undefined
    : pastNames.find((name) => !isTaken(name) && others.some((other) => other.name === name));
  const there = others.find(({ name }) => name === (former ?? model.name));
  const theirNames = new Set(there?.fields.map(({ name }) => name));
  const names = new Set(model.fields.map(({ name }) => name));
  const ids = new Map(versions[0]?.fields.map(({ id, name }) => [name, id]));
  return {
    ...model,
    ...(former === undefined ? {} : { renamedFrom: former }),
    fields: model.fields.map((field) => {
      if (theirNames.has(field.name)) return field;
      const id = ids.get(field.name);
      const had = versions.flatMap(({ fields }) => fields.find((one) => one.id === id)?.name ?? []);
      const renamedFrom = had.find((name) => theirNames.has(name) && !names.has(name));
      return renamedFrom === undefined ? field : { ...field, renamedFrom };
    }),
  };
}
