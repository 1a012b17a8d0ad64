import type { Definition, Field } from '../definition/definition.ts';
import { type FilterField, filterField } from '../definition/filter.ts';
import { systemFields } from '../definition/system-fields.ts';

/** A field as queries need it. */
export interface ModelField extends FilterField {
  /** Stable over renames; the name itself for a system field. */
  readonly id: string;
  readonly nullable: boolean;
}

/** All fields of a definition by name, the system's first. */
export function fieldsOf(definition: Definition): ReadonlyMap<string, ModelField> {
  const fields = [...systemFields(definition), ...definition.fields].map(
    (field) => [field.name, modelField(field)] as const,
  );
  return new Map(fields);
}

function modelField(field: Field): ModelField {
  const { id, column } = field;
  // A field may be required and still hold nulls, until its contract step has run.
  return Object.assign(filterField(field), { id, nullable: id !== column });
}
