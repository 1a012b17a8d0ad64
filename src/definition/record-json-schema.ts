import { isComputed } from './computed.ts';
import type { Definition, Field } from './definition.ts';
import type { JsonSchema } from './field-type.ts';
import { specOf } from './field-types.ts';
import { hasJoinTable } from './join-table.ts';
import { keyField } from './system-fields.ts';

/** The JSON Schema (2020-12) of a record as it is answered. */
export function recordJsonSchema(definition: Definition): JsonSchema {
  const key = keyField(definition);
  const moment = { type: 'string', format: 'date-time', readOnly: true };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: definition.label ?? definition.name,
    type: 'object',
    properties: {
      id: { ...specOf(key).jsonSchema(key), readOnly: definition.key !== 'text' },
      created_at: moment,
      updated_at: moment,
      ...Object.fromEntries(definition.fields.map((field) => [field.name, fieldSchema(field)])),
    },
    required: ['id', 'created_at', 'updated_at', ...definition.fields.map((field) => field.name)],
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
