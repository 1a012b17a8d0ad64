import type { JsonSchema } from '../definition/field-type.ts';
import { schemaRef } from './record-schemas.ts';

const text = { type: 'string' } as const;

function actor(kind: string, members: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
  const properties = { kind: { const: kind }, ...members };
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

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
