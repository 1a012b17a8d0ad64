import type { Definition, Field } from '../../src/definition/definition.ts';
import { MODEL } from './rules.ts';

/** In which form a column holds a number. */
export type Form = 'text' | 'integer';
export type Value = string | number;

/** The conversion that a change of type stands on: one function for trigger and backfill. */
export function inForm(form: Form, value: Value): Value {
  return form === 'text' ? String(value) : Number(value);
}

/** The field that all of the model's readers and writers are about. */
export function gross(definition: Definition): Field & { readonly type: Form } {
  const [field] = definition.fields;
  if (!field || (field.type !== 'text' && field.type !== 'integer')) throw new TypeError('no field');
  return { ...field, type: field.type };
}

export const FIRST: Definition = {
  id: 'model0000000000000000',
  name: MODEL,
  key: 'bigint',
  table: MODEL,
  fields: [{ id: 'field0000000000000000', name: 'gross', column: 'gross', type: 'text' }],
  indexes: [],
};

/** There and back again: the second time the definition, and so its hash, is one that was published before. */
export function renamed(definition: Definition): Definition {
  const field = gross(definition);
  return withGross(definition, { ...field, name: field.name === 'gross' ? 'revenue' : 'gross' });
}

export function retyped(definition: Definition, column: string): Definition {
  const field = gross(definition);
  return withGross(definition, { ...field, column, type: field.type === 'text' ? 'integer' : 'text' });
}

export function withIndexed(definition: Definition, column: string): Definition {
  const field: Field = { id: column.padEnd(20, '0'), name: column, column, type: 'text', index: true };
  return { ...definition, fields: [...definition.fields, field] };
}

function withGross(definition: Definition, field: Field): Definition {
  return { ...definition, fields: [field, ...definition.fields.slice(1)] };
}
