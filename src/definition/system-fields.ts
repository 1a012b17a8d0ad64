import type { Definition, Field, Moment } from './definition.ts';

/** A model by its key alone. */
type Keyed = Pick<Definition, 'key' | 'keyColumn'>;

/** The system's fields that a model has, as fields like any other: their name is their id. */
export function systemFields(model: Keyed & Pick<Definition, 'adopted'>): readonly Field[] {
  return [keyField(model), ...momentsOf(model).map(momentField)];
}

/** A moment as a field. */
export function momentField(name: Moment): Field {
  return { id: name, name, column: name, type: 'timestamp' };
}

const MOMENTS: readonly Moment[] = ['created_at', 'updated_at'];

/** The moments of a record that its table keeps. */
export function momentsOf({ adopted }: Pick<Definition, 'adopted'>): readonly Moment[] {
  return adopted?.moments ?? MOMENTS;
}

/** The `id` of a model's records. What clients make of a text key is to fit an address. */
export function keyField({ key, keyColumn = 'id' }: Keyed): Field {
  const field: Field = { id: 'id', name: 'id', column: keyColumn, type: key };
  return key === 'text' ? { ...field, minLength: 1, maxLength: 200 } : field;
}
