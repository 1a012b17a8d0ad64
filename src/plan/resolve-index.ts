import { type Definition, type Field, type ModelIndex, SYSTEM_FIELDS } from '../definition/definition.ts';
import type { ModelIndexInput } from '../definition/definition-input.ts';
import { Failure } from '../failure.ts';

/** An index by the ids of its fields. */
export function resolveIndex(
  model: Definition,
  input: ModelIndexInput,
  unique: boolean,
  path: string,
): ModelIndex {
  const fields = input.fields.map((text, n) => {
    const descending = text.startsWith('-');
    const name = descending ? text.slice(1) : text;
    const id = SYSTEM_FIELDS.some((system) => system === name)
      ? name
      : needField(model, name, `${path}/fields/${n}`).id;
    return `${descending ? '-' : ''}${id}`;
  });
  return unique ? { fields, unique } : { fields };
}

/** The field of that name. Throws where there is none. */
export function needField(model: Definition, name: string, path: string): Field {
  const field = model.fields.find((f) => f.name === name);
  if (!field) throw invalid(path, 'unknown_field', `${model.name} has no field ${name}`);
  return field;
}

/** A request that does not fit what is there, at one place in its body. */
export function invalid(path: string, code: string, message: string): Failure {
  return new Failure('validation_failed', message, { errors: [{ path, code, message }] });
}
