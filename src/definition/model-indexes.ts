import type { Definition } from './definition.ts';
import { objectName } from './physical-names.ts';

/** An index that a definition asks for, by columns: those of its fields and those of its own list. */
export interface PhysicalIndex {
  readonly name: string;
  readonly unique: boolean;
  /** Columns in order; `-` ahead of one means descending. */
  readonly keys: readonly string[];
}

/** Every index of a definition, each once. References have one, for the sake of deletes on the other side. */
export function indexesOf(definition: Definition): readonly PhysicalIndex[] {
  const columns = new Map(definition.fields.map((field) => [field.id, field.column]));
  const found = new Map<string, PhysicalIndex>();
  const add = (keys: readonly string[], unique: boolean) => {
    const subject = `${definition.table}_${keys.map((key) => key.replace('-', '')).join('_')}`;
    const name = objectName(unique ? 'key' : 'idx', subject, ...keys);
    found.set(name, { name, unique, keys });
  };
  for (const field of definition.fields) {
    if (field.unique) add([field.column], true);
    else if (field.index || field.to !== undefined) add([field.column], false);
  }
  for (const index of definition.indexes) {
    const keys = index.fields.map((reference) => {
      const descending = reference.startsWith('-');
      const id = descending ? reference.slice(1) : reference;
      return `${descending ? '-' : ''}${columns.get(id) ?? id}`;
    });
    add(keys, index.unique === true);
  }
  return [...found.values()];
}
