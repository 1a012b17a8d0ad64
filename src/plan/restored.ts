import { isComputed } from '../definition/computed.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { uniqueName } from '../definition/physical-names.ts';
import { formerName } from './steps/trash-column.ts';
import type { TrashEntry, TrashedField, TrashedModel } from './trash-entry.ts';

/** A field that comes back, and what a plan takes for its state before: it was there all along, without rules. */
export interface RestoredField {
  readonly entry: TrashedField;
  readonly bare: Field;
}

/** What comes back from the trash in a change. */
export interface Restored {
  /** By the ids that the fields have from here on. */
  readonly fields: ReadonlyMap<string, RestoredField>;
  /** By their ids. */
  readonly models: ReadonlyMap<string, TrashedModel>;
}

/** The column that a field has again: the one that it had, or another where one of `taken` is called so by now. */
export function columnOf(entry: TrashedField, taken: ReadonlySet<string>): string {
  // Nobody is called as a join table is.
  return hasJoinTable(entry.field) ? entry.stored : uniqueName(formerName(entry.trashedAs), taken);
}

/**
 * The field with its values alone: what it demanded of them comes back by the steps that set it anew. What is computed
 * stays whole, for it has no values of its own.
 */
export function bareField(whole: Field): Field {
  if (isComputed(whole)) return whole;
  const { id, name, column, type, ...field } = whole;
  if (type === 'references') return { ...field, id, name, column, type };
  const { precision, scale, dimensions, options, postgis, storedAs, toKey } = field;
  return {
    id,
    name,
    column,
    type: toKey ?? type,
    ...(precision === undefined ? {} : { precision }),
    ...(scale === undefined ? {} : { scale }),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(options === undefined ? {} : { options }),
    ...(postgis === undefined ? {} : { postgis }),
    ...(storedAs === undefined ? {} : { storedAs }),
  };
}

/** The entry by which a field can come back with its data: the newest of those that were dropped. */
export function entryOf(
  trash: readonly TrashEntry[],
  modelId: string,
  fieldId: string,
): TrashedField | undefined {
  return trash.find(
    (entry): entry is TrashedField =>
      entry.kind === 'field' &&
      entry.reason === 'dropped' &&
      entry.modelId === modelId &&
      entry.field.id === fieldId,
  );
}

/** The model of that id in the trash. */
export function modelInTrash(trash: readonly TrashEntry[], id: string): TrashedModel | undefined {
  return trash.find((entry): entry is TrashedModel => entry.kind === 'model' && entry.modelId === id);
}

/** Why the values of a field mean nothing any more; undefined where they do. `target`: what it refers to. */
export function whyWorthless(
  { field, before }: Pick<TrashedField, 'field' | 'before'>,
  model: Pick<Definition, 'name' | 'key'>,
  target: Pick<Definition, 'name' | 'key'> | undefined,
): string | undefined {
  if (field.to !== undefined && !target) return 'the model that it refers to is gone';
  if (target && field.toKey !== target.key) return `it refers by keys that ${target.name} no longer has`;
  const isList = hasJoinTable(field) && before !== null && before.key !== model.key;
  return isList ? `its lists are kept by keys that ${model.name} no longer has` : undefined;
}
