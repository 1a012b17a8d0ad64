import type { JsonSchema } from '../definition/field-type.ts';
import { empty, json, operation, page } from './operation.ts';
import { parameters } from './parameters.ts';
import { schemaRef } from './record-schemas.ts';

const SUBSCRIBER = schemaRef('Subscriber');
const WITH_SECRET = schemaRef('SubscriberWithSecret');

/** The addresses of who is told of changes and records. */
export function subscriberPaths(base: string): Readonly<Record<string, JsonSchema>> {
  const at = `${base}/webhooks/subscribers`;
  return {
    [at]: {
      get: operation({
        id: 'listSubscribers',
        tag: 'Webhooks',
        summary: 'List who is told of changes and records',
        answers: { 200: json('All of them.', page(SUBSCRIBER)) },
      }),
      post: operation({
        id: 'createSubscriber',
        tag: 'Webhooks',
        summary: 'Have an address told of changes and records',
        parameters: parameters('idempotencyKey'),
        body: schemaRef('SubscriberInput'),
        answers: {
          201: json('The subscriber with its secret, which is not shown again.', WITH_SECRET, 'Location'),
        },
        problems: [409],
      }),
    },
    [`${at}/{id}`]: {
      parameters: parameters('subscriberId'),
      get: operation({
        id: 'getSubscriber',
        tag: 'Webhooks',
        summary: 'Read a subscriber',
        answers: { 200: json('The subscriber.', SUBSCRIBER) },
      }),
      patch: operation({
        id: 'changeSubscriber',
        tag: 'Webhooks',
        summary: 'Change a subscriber, pause it, or resume it',
        body: schemaRef('SubscriberPatch'),
        answers: { 200: json('The subscriber.', SUBSCRIBER) },
      }),
      delete: operation({
        id: 'deleteSubscriber',
        tag: 'Webhooks',
        summary: 'Tell a subscriber nothing more',
        answers: { 204: empty('It is gone.') },
      }),
    },
    [`${at}/{id}/rotate`]: {
      parameters: parameters('subscriberId'),
      post: operation({
        id: 'rotateSubscriber',
        tag: 'Webhooks',
        summary: 'Give a subscriber another secret; for a while, both sign',
        body: {
          type: 'object',
          properties: {
            overlapSeconds: { type: 'integer', minimum: 0, maximum: 2_592_000, default: 86_400 },
          },
          additionalProperties: false,
        },
        answers: { 200: json('The subscriber with its new secret.', WITH_SECRET) },
      }),
    },
    [`${at}/{id}/deliveries`]: {
      parameters: parameters('subscriberId'),
      get: operation({
        id: 'listDeliveries',
        tag: 'Webhooks',
        summary: 'What a subscriber was told, and is to be, newest first',
        parameters: parameters('deliveryStatus', 'changesLimit', 'changesCursor'),
        answers: { 200: json('A page of deliveries.', page(schemaRef('Delivery'))) },
      }),
    },
    [`${at}/{id}/deliveries/{delivery}/redeliver`]: {
      parameters: parameters('subscriberId', 'delivery'),
      post: operation({
        id: 'redeliver',
        tag: 'Webhooks',
        summary: 'Send a message again, under the same id',
        answers: {
          202: json('It is on its way.', {
            type: 'object',
            properties: { id: { type: 'string' }, status: { const: 'pending' } },
            required: ['id', 'status'],
            additionalProperties: false,
          }),
        },
      }),
    },
  };
}
