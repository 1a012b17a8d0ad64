import type * as v from 'valibot';
import type { Definition, Field } from '../definition/definition.ts';
import type { FieldTypeSpec } from '../definition/field-type.ts';
import { specOf } from '../definition/field-types.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';

/** A field as queries need it. */
export interface ModelField {
  readonly name: string;
  /** Stable over renames; the name itself for a system field. */
  readonly id: string;
  /** Quoted. */
  readonly column: string;
  readonly columnType: string;
  readonly nullable: boolean;
  readonly spec: FieldTypeSpec;
  /** JSON value → text parameter, checking the type alone; throws nothing, as `v.safeParse` does. */
  readonly comparable: v.GenericSchema<unknown, string>;
}

/** All fields of a definition by name, the system's first. */
export function fieldsOf(definition: Definition): ReadonlyMap<string, ModelField> {
  const fields = [...systemFields(definition), ...definition.fields].map(
    (field) => [field.name, modelField(field)] as const,
  );
  return new Map(fields);
}

function modelField(field: Field): ModelField {
  const spec = specOf(field);
  let comparable: v.GenericSchema<unknown, string> | undefined;
  return {
    name: field.name,
    id: field.id,
    column: quoteIdentifier(field.column),
    columnType: spec.columnType(field),
    // A field may be required and still hold nulls, until its contract step has run.
    nullable: field.id !== field.column,
    spec,
    get comparable() {
      const schema = comparable ?? spec.validator(field, false);
      comparable = schema;
      return schema;
    },
  };
}

function systemFields({ key }: Definition): readonly Field[] {
  const system = (name: string, type: Field['type']): Field => ({ id: name, name, column: name, type });
  return [system('id', key), system('created_at', 'timestamp'), system('updated_at', 'timestamp')];
}
