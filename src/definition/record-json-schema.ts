import { isFunctionDefault } from './columns.ts';
import { enteredFields, isComputed } from './computed.ts';
import type { Definition, Field } from './definition.ts';
import type { JsonSchema } from './field-type.ts';
import { specOf } from './field-types.ts';
import { hasJoinTable } from './join-table.ts';
import { keyField, systemFields } from './system-fields.ts';

/** The JSON Schema (2020-12) of a record as it is answered. */
export function recordJsonSchema(definition: Definition): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: definition.label ?? definition.name,
    ...answeredSchema(definition),
  };
}

/** The same as a part of a larger document. */
export function answeredSchema(definition: Definition): JsonSchema {
  const properties = answeredProperties(definition);
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** The members of a record as it is answered, by name. */
export function answeredProperties(definition: Definition): Readonly<Record<string, JsonSchema>> {
  const system = systemFields(definition).map((field) => {
    const isGiven = field.name === 'id' && definition.key === 'text';
    return [
      field.name,
      { ...specOf(field).jsonSchema(field), ...(isGiven ? {} : { readOnly: true }) },
    ] as const;
  });
  return Object.fromEntries([
    ...system,
    ...definition.fields.map((field) => [field.name, fieldSchema(field)] as const),
  ]);
}

/** A record as it is created: what has a default, or may be null, may be left out. */
export function createJsonSchema(definition: Definition): JsonSchema {
  const fields = enteredFields(definition.fields);
  const key = keyField(definition);
  const keySchema = specOf(key).jsonSchema(key);
  const needed = fields.filter((field) => field.required && (field.default ?? null) === null);
  return {
    type: 'object',
    properties: {
      ...(definition.key === 'bigint' ? {} : { id: keySchema }),
      ...Object.fromEntries(
        fields.map((field) => [field.name, { ...fieldSchema(field), ...defaultOf(field) }]),
      ),
    },
    required: [...(definition.key === 'text' ? ['id'] : []), ...needed.map((field) => field.name)],
    additionalProperties: false,
  };
}

/** A part of a record as it is changed: what is left out stays as it is. */
export function patchJsonSchema(definition: Definition): JsonSchema {
  const fields = enteredFields(definition.fields);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])),
    minProperties: 1,
    additionalProperties: false,
  };
}

function fieldSchema(field: Field): JsonSchema {
  const schema = specOf(field).jsonSchema(field);
  const about = {
    ...(field.label === undefined ? {} : { title: field.label }),
    ...(isComputed(field) ? { readOnly: true } : {}),
    ...(field.help === undefined ? {} : { description: field.help }),
  };
  return field.required || hasJoinTable(field)
    ? { ...schema, ...about }
    : { anyOf: [schema, { type: 'null' }], ...about };
}

/** A function is no constant that could stand in a schema. */
function defaultOf(field: Field): JsonSchema {
  if (hasJoinTable(field)) return { default: [] };
  const { default: value = null } = field;
  return value === null || isFunctionDefault(value) ? {} : { default: value };
}
