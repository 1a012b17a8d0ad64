import type { Definition, Field } from './definition.ts';

/** The fields that every model has, as fields like any other: their name is their id and their column. */
export function systemFields({ key }: Pick<Definition, 'key'>): readonly Field[] {
  const system = (name: string, type: Field['type']): Field => ({ id: name, name, column: name, type });
  return [system('id', key), system('created_at', 'timestamp'), system('updated_at', 'timestamp')];
}
