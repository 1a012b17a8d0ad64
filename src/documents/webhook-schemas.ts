import type { JsonSchema } from '../definition/field-type.ts';

const TEXT_OR_NULL = { type: ['string', 'null'] } as const;
const MOMENT = { type: 'string', format: 'date-time' } as const;
const MOMENT_OR_NULL = { anyOf: [MOMENT, { type: 'null' }] } as const;
const UUID = { type: 'string', format: 'uuid' } as const;

/** An object of these members and of no others. */
function object(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

const INPUT = {
  url: { type: 'string', description: 'Of a server of the internet, over https.', pattern: '^https?://' },
  events: {
    type: 'array',
    minItems: 1,
    items: {
      type: 'string',
      enum: [
        'change.published',
        'change.done',
        'change.failed',
        'record.created',
        'record.updated',
        'record.deleted',
      ],
    },
  },
  models: {
    description: 'The models whose records count; null: all.',
    anyOf: [
      { type: 'array', minItems: 1, items: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,47}$' } },
      { type: 'null' },
    ],
  },
} as const;

const STATUS = { type: 'string', enum: ['active', 'paused'] } as const;

const SUBSCRIBER = {
  id: UUID,
  url: { type: 'string' },
  events: INPUT.events,
  models: { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }] },
  status: STATUS,
  pausedReason: { ...TEXT_OR_NULL, description: 'Where nobody asked for the pause.' },
  failures: { type: 'integer', minimum: 0, description: 'Attempts that failed, one after the other.' },
  failingSince: MOMENT_OR_NULL,
  missedAt: { ...MOMENT_OR_NULL, description: 'When events of records had gone before they could be told.' },
  secretChangesUntil: { ...MOMENT_OR_NULL, description: 'Until then the secret before signs as well.' },
  createdAt: MOMENT,
} as const;

/** What webhooks are about. */
export const WEBHOOK_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Subscriber: object(SUBSCRIBER),
  SubscriberWithSecret: object(
    {
      ...SUBSCRIBER,
      secret: {
        type: ['string', 'null'],
        pattern: '^whsec_',
        description: 'Null where the request repeats one that was answered with it.',
      },
      detail: { type: 'string', description: 'How to go on where there is no secret.' },
    },
    ['detail'],
  ),
  SubscriberInput: object(INPUT, ['models']),
  SubscriberPatch: object({ ...INPUT, status: STATUS }, ['url', 'events', 'models', 'status']),
  Delivery: object({
    id: UUID,
    type: { type: 'string' },
    status: { type: 'string', enum: ['pending', 'delivered', 'dead'] },
    attempts: { type: 'integer', minimum: 0 },
    nextAttemptAt: MOMENT_OR_NULL,
    answered: { type: ['integer', 'null'], description: 'The status of the last answer.' },
    error: TEXT_OR_NULL,
    payload: object({ type: { type: 'string' }, timestamp: { type: 'string' }, data: { type: 'object' } }),
    createdAt: MOMENT,
    endedAt: MOMENT_OR_NULL,
  }),
  FollowedPush: {
    type: 'object',
    properties: {
      id: { type: 'string', description: 'Of the change, whose other members are here as well.' },
      ignored: { type: 'string', description: 'Why nothing was to be done.' },
      message: { const: 'pong' },
      push: {
        type: 'object',
        properties: {
          repository: { type: 'string' },
          commit: { type: 'string' },
          files: { type: 'array', items: { type: 'string' } },
          removed: { type: 'array', items: { type: 'string' } },
          note: TEXT_OR_NULL,
        },
        required: ['repository', 'commit', 'files', 'removed', 'note'],
        additionalProperties: false,
      },
    },
  },
  ReceivedWebhook: {
    type: 'object',
    properties: {
      id: { type: 'string' },
      source: { enum: ['definitions', 'github'] },
      deliveryId: { ...TEXT_OR_NULL, description: 'What the sender calls it.' },
      signed: { type: 'boolean', description: 'Whether the signature was valid.' },
      repeated: { type: 'boolean', description: 'Whether it had come before.' },
      status: { type: 'integer', description: 'Of the answer.' },
      code: { ...TEXT_OR_NULL, description: 'Of the problem; `ignored` where nothing was to be done.' },
      detail: TEXT_OR_NULL,
      change: { anyOf: [{ type: 'string', format: 'uuid' }, { type: 'null' }] },
      at: { type: 'string', format: 'date-time' },
    },
    required: [
      'id',
      'source',
      'deliveryId',
      'signed',
      'repeated',
      'status',
      'code',
      'detail',
      'change',
      'at',
    ],
    additionalProperties: false,
  },
};
