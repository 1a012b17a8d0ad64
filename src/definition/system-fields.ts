import type { Definition, Field } from './definition.ts';

/** A model by its key alone. */
type Keyed = Pick<Definition, 'key' | 'keyColumn'>;

/** The fields that every model has, as fields like any other: their name is their id. */
export function systemFields(model: Keyed): readonly Field[] {
  const system = (name: string): Field => ({ id: name, name, column: name, type: 'timestamp' });
  return [keyField(model), system('created_at'), system('updated_at')];
}

/** The `id` of a model's records. What clients make of a text key is to fit an address. */
export function keyField({ key, keyColumn = 'id' }: Keyed): Field {
  const field: Field = { id: 'id', name: 'id', column: keyColumn, type: key };
  return key === 'text' ? { ...field, minLength: 1, maxLength: 200 } : field;
}
