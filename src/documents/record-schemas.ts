import type { Definition } from '../definition/definition.ts';
import type { JsonSchema } from '../definition/field-type.ts';
import {
  answeredProperties,
  answeredSchema,
  createJsonSchema,
  patchJsonSchema,
} from '../definition/record-json-schema.ts';
import { systemFields } from '../definition/system-fields.ts';
import type { DocumentedRelation } from './documented-model.ts';
import { exampleRecords } from './example-record.ts';

/** A reference into the schemas of the document. */
export function schemaRef(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/**
 * The schemas of a model: `movie` as it is answered, `movie.selected` by `select` and `expand`, `movie.create`,
 * `movie.nested`, `movie.patch`, and `movie.filter`. No model has a dot in its name.
 */
export function recordSchemas(
  definition: Definition,
  relations: readonly DocumentedRelation[],
): Readonly<Record<string, JsonSchema>> {
  const { name, label = name } = definition;
  const examples = exampleRecords(definition);
  return {
    [name]: {
      title: label,
      ...answeredSchema(definition),
      ...(examples ? { examples: [examples.answered] } : {}),
    },
    [`${name}.selected`]: {
      title: `${label}, as \`select\` and \`expand\` ask for it`,
      ...selectedSchema(definition, relations),
    },
    [`${name}.create`]: {
      title: `${label}, as it is created`,
      ...createJsonSchema(definition),
      ...(examples ? { examples: [examples.created] } : {}),
    },
    [`${name}.nested`]:
      relations.length === 0
        ? schemaRef(`${name}.create`)
        : {
            title: `${label}, as it is created together with others`,
            ...nestedSchema(definition, relations),
          },
    [`${name}.patch`]: { title: `${label}, as it is changed`, ...patchJsonSchema(definition) },
    [`${name}.filter`]: { title: `Which records of ${label}`, ...filterSchema(definition, relations) },
  };
}

/** Some of the fields, and records in the place of their ids; without either, all fields. */
function selectedSchema(definition: Definition, relations: readonly DocumentedRelation[]): JsonSchema {
  const properties: Record<string, JsonSchema> = { ...answeredProperties(definition) };
  for (const { name, to, isMany } of relations) {
    const record = schemaRef(`${to}.selected`);
    const records = isMany ? { type: 'array', items: record } : record;
    const ids = properties[name];
    properties[name] = ids ? { anyOf: [ids, records] } : records;
  }
  return { type: 'object', properties, additionalProperties: false };
}

/** Records in the place of keys, and those that refer to this one under the name of that way. */
function nestedSchema(definition: Definition, relations: readonly DocumentedRelation[]): JsonSchema {
  const schema = createJsonSchema(definition);
  const properties: Record<string, unknown> = { ...Object(schema['properties']) };
  for (const { name, to, isMany, isBack, isLinked } of relations) {
    const record = schemaRef(`${to}.nested`);
    const own = Object(properties[name]);
    if (isBack && !isLinked) {
      const description = `As \`${to}.nested\`, without the field that refers to this record.`;
      properties[name] = { type: 'array', items: { type: 'object' }, description };
    } else if (!isBack) {
      properties[name] = isMany
        ? { ...own, items: { anyOf: [own.items, record] } }
        : { anyOf: [own, record] };
    }
  }
  return { ...schema, properties };
}

function filterSchema(definition: Definition, relations: readonly DocumentedRelation[]): JsonSchema {
  const self = schemaRef(`${definition.name}.filter`);
  const properties: Record<string, JsonSchema> = {};
  for (const { name, type } of [...systemFields(definition), ...definition.fields]) {
    properties[name] = schemaRef(`Where.${type}`);
  }
  for (const { name, to } of relations) {
    const related = schemaRef(`${to}.filter`);
    const own = properties[name];
    properties[name] = own ? { anyOf: [own, related] } : related;
  }
  return {
    type: 'object',
    properties: {
      ...properties,
      _and: { type: 'array', items: self },
      _or: { type: 'array', items: self },
      _not: self,
    },
    // A path: `director.name`.
    patternProperties: { '^[a-z][a-z0-9_()]*\\..+$': { type: 'object' } },
    additionalProperties: false,
  };
}
