import type { JsonSchema } from '../definition/field-type.ts';
import { FIELD_TYPE_NAMES } from '../definition/field-types.ts';
import { schemaRef } from './record-schemas.ts';

const NAME = { type: 'string', pattern: '^[a-z][a-z0-9_]{0,47}$' } as const;
const ID = { type: 'string', maxLength: 64, description: 'Stable over renames.' } as const;
const LABEL = { type: 'string', maxLength: 200 } as const;
const BOUND = {
  type: ['number', 'string'],
  description: 'A number; a decimal text of bigint and decimal; an ISO 8601 duration of interval.',
} as const;

const FIELD = {
  type: 'object',
  properties: {
    id: ID,
    name: NAME,
    type: { type: 'string', enum: [...FIELD_TYPE_NAMES, 'computed'] },
    label: LABEL,
    help: { type: 'string', maxLength: 2000 },
    required: { type: 'boolean' },
    unique: { type: 'boolean' },
    index: { type: 'boolean' },
    default: {
      description: 'A constant, or a function that is evaluated at each create: {"fn": "now" | "uuid"}.',
    },
    min: BOUND,
    max: BOUND,
    minLength: { type: 'integer', minimum: 0 },
    maxLength: { type: 'integer', minimum: 1 },
    pattern: { type: 'string', maxLength: 500 },
    precision: { type: 'integer', minimum: 1, maximum: 1000, description: 'Of decimal.' },
    scale: { type: 'integer', minimum: 0, maximum: 1000, description: 'Of decimal.' },
    dimensions: { type: 'integer', minimum: 1, maximum: 16_000, description: 'Of vector.' },
    options: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 200 },
      minItems: 1,
      maxItems: 500,
      description: 'Of choice and choices.',
    },
    to: { ...NAME, description: 'Of reference and references: the model that is referred to.' },
    onDelete: { type: 'string', enum: ['restrict', 'setNull', 'cascade'] },
    expression: {
      type: 'string',
      maxLength: 4000,
      description: 'Of computed: what its values are worked out by.',
    },
    result: { type: 'string', readOnly: true, description: 'Of computed: the type of its values.' },
  },
  required: ['name', 'type'],
  additionalProperties: false,
} as const;

const INDEX = {
  type: 'object',
  properties: {
    fields: {
      type: 'array',
      items: { type: 'string', pattern: '^-?[a-z][a-z0-9_]{0,47}$' },
      minItems: 1,
      maxItems: 32,
    },
    unique: { type: 'boolean' },
    kind: { type: 'string', enum: ['fullText'] },
    where: { type: 'object', description: 'A filter: the records that it is over.' },
  },
  required: ['fields'],
  additionalProperties: false,
} as const;

const DEFINITION = {
  id: ID,
  name: NAME,
  label: LABEL,
  key: { type: 'string', enum: ['uuid', 'bigint', 'text'], default: 'uuid' },
  fields: { type: 'array', items: schemaRef('Field'), maxItems: 1000 },
  indexes: { type: 'array', items: schemaRef('Index'), maxItems: 64 },
} as const;

const PUBLISHED = {
  version: { type: 'integer', minimum: 1 },
  hash: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  status: { type: 'string', enum: ['published'] },
} as const;

const RENAMED = {
  ...NAME,
  description: 'The name that it had: without an id, this makes it a rename.',
} as const;

const INPUT = {
  description: 'What was answered may be sent back as it is.',
  type: 'object',
  properties: {
    ...DEFINITION,
    renamedFrom: RENAMED,
    fields: { type: 'array', items: schemaRef('FieldInput'), maxItems: 1000 },
    ...PUBLISHED,
  },
  additionalProperties: false,
  examples: [
    {
      name: 'movie',
      fields: [
        { name: 'title', type: 'text', required: true, index: true },
        { name: 'released', type: 'date' },
        { name: 'rating', type: 'choice', options: ['G', 'PG', 'PG-13', 'R'] },
      ],
    },
  ],
} as const;

/** What a model is, as it is answered and as it is sent. */
export const DEFINITION_SCHEMAS = {
  Field: FIELD,
  FieldInput: { ...FIELD, properties: { ...FIELD.properties, renamedFrom: RENAMED } },
  Index: INDEX,
  Definition: {
    title: 'A published definition',
    type: 'object',
    properties: { ...DEFINITION, ...PUBLISHED },
    required: ['id', 'name', 'key', 'fields', 'version', 'hash', 'status'],
    additionalProperties: false,
  },
  Version: {
    title: 'A definition that was published once',
    type: 'object',
    properties: {
      ...DEFINITION,
      ...PUBLISHED,
      publishedAt: { type: 'string', format: 'date-time' },
      change: { type: 'string', format: 'uuid' },
      source: { type: 'string', description: 'Where the change came from.' },
      actor: schemaRef('Actor'),
      differences: {
        type: 'array',
        items: { type: 'string' },
        description: 'What it changed of the version before, in sentences.',
      },
    },
    required: [
      'id',
      'name',
      'key',
      'fields',
      'version',
      'hash',
      'status',
      'publishedAt',
      'change',
      'source',
      'actor',
      'differences',
    ],
    additionalProperties: false,
  },
  DefinitionInput: { title: 'A definition as it is sent', ...INPUT, required: ['name', 'fields'] },
  ModelInput: {
    title: 'The definition of the model that the address names',
    ...INPUT,
    required: ['fields'],
  },
  ListedModel: {
    type: 'object',
    properties: {
      name: NAME,
      label: { type: ['string', 'null'] },
      ...PUBLISHED,
      fields: { type: 'integer', minimum: 0, description: 'How many.' },
    },
    required: ['name', 'label', 'version', 'hash', 'status', 'fields'],
    additionalProperties: false,
  },
  Workspace: {
    type: 'object',
    properties: {
      slug: { type: 'string' },
      label: { type: ['string', 'null'] },
      trashRetentionDays: {
        type: ['integer', 'null'],
        description: 'Null: as the deployment says; 0: nothing is kept; -1: all is, for ever.',
      },
      createdAt: { type: 'string', format: 'date-time' },
      trashedAt: { type: ['string', 'null'], format: 'date-time' },
    },
    required: ['slug', 'label', 'trashRetentionDays', 'createdAt', 'trashedAt'],
    additionalProperties: false,
  },
  WorkspacePatch: {
    type: 'object',
    properties: {
      label: { type: ['string', 'null'], maxLength: 200 },
      trashRetentionDays: { type: ['integer', 'null'], minimum: -1, maximum: 36_500 },
    },
    minProperties: 1,
    additionalProperties: false,
    examples: [{ trashRetentionDays: 90 }],
  },
  WorkspaceInput: {
    type: 'object',
    properties: {
      slug: { type: 'string', pattern: '^(?!pg)[a-z][a-z0-9-]{0,39}$' },
      label: { type: ['string', 'null'], maxLength: 200 },
    },
    required: ['slug'],
    additionalProperties: false,
    examples: [{ slug: 'acme', label: 'Acme Ltd.' }],
  },
} as const satisfies Readonly<Record<string, JsonSchema>>;
