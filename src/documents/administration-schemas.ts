import type { JsonSchema } from '../definition/field-type.ts';
import { schemaRef } from './record-schemas.ts';

const text = { type: 'string' } as const;

function actor(kind: string, members: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
  const properties = { kind: { const: kind }, ...members };
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

const SCOPES = ['records:read', 'records:write', 'models:read', 'models:write', 'keys:admin'];
const scopes = { type: 'array', items: { type: 'string', enum: SCOPES } } as const;
const label = { type: 'string', minLength: 1, maxLength: 200 } as const;
const models = { type: ['array', 'null'], items: text } as const;
const momentOrNull = { type: ['string', 'null'], format: 'date-time' } as const;

const KEY = {
  id: { type: 'string', format: 'uuid' },
  label,
  status: { type: 'string', enum: ['valid', 'expired', 'revoked'] },
  scopes,
  models: {
    ...models,
    description: 'The models that it is limited to, by their names of now; null: it is not.',
  },
  createdAt: { type: 'string', format: 'date-time' },
  createdBy: schemaRef('Actor'),
  expiresAt: momentOrNull,
  lastUsedAt: { ...momentOrNull, description: 'To the minute or so.' },
  revokedAt: momentOrNull,
  rotatedTo: { type: ['string', 'null'], description: 'The id of the key that takes its place.' },
} as const;

const shown = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** Who does what to a workspace. */
export const ADMINISTRATION_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Actor: {
    title: 'Who acts',
    oneOf: [
      { ...actor('root'), title: 'Who has the root token' },
      { ...actor('key', { id: text, label: { type: ['string', 'null'] } }), title: 'An API key' },
      { ...actor('webhook', { id: text }), title: 'A signed webhook, by the id of its delivery' },
      { ...actor('system'), title: 'The server, by itself' },
    ],
  },
  Key: { title: 'An API key', ...shown(KEY) },
  MadeKey: {
    title: 'An API key as it was made',
    type: 'object',
    properties: {
      ...KEY,
      key: {
        type: ['string', 'null'],
        description: 'Null where a request is repeated by another, or after a day.',
      },
      detail: { ...text, description: 'How to go on where there is no key.' },
    },
    required: [...Object.keys(KEY), 'key'],
    additionalProperties: false,
  },
  KeyInput: {
    title: 'What a key is to be',
    type: 'object',
    properties: {
      label: { ...label, pattern: '\\S' },
      scopes: { ...scopes, minItems: 1 },
      models: {
        type: ['array', 'null'],
        items: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,47}$' },
        minItems: 1,
        maxItems: 1000,
        description: 'What it is limited to, whatever they will be called. Not together with `keys:admin`.',
      },
      expiresAt: { ...momentOrNull, description: 'A moment to come; null, or left out: never.' },
    },
    required: ['label', 'scopes'],
    additionalProperties: false,
    examples: [{ label: 'Shop', scopes: ['records:read'] }],
  },
  Rotation: {
    title: 'How a key is rotated',
    type: 'object',
    properties: {
      overlapSeconds: {
        type: 'integer',
        minimum: 0,
        maximum: 7_776_000,
        default: 3600,
        description: 'How long the old key stays valid.',
      },
    },
    additionalProperties: false,
    examples: [{ overlapSeconds: 86400 }],
  },
  Act: {
    title: 'An administrative act',
    type: 'object',
    properties: {
      id: text,
      at: { type: 'string', format: 'date-time' },
      actor: schemaRef('Actor'),
      source: { ...text, description: 'By what way it came: `api`, `cli`, `webhook`, or `migrator`.' },
      action: { ...text, examples: ['workspace.created', 'change.submitted'] },
      subject: { ...text, description: 'The id, or the name, of what was acted on.' },
      before: { type: ['object', 'null'] },
      after: { type: ['object', 'null'] },
      requestId: { type: ['string', 'null'], description: 'The `X-Request-Id` of the request.' },
    },
    required: ['id', 'at', 'actor', 'source', 'action', 'subject', 'before', 'after', 'requestId'],
    additionalProperties: false,
  },
};
