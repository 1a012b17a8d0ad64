import type { JsonSchema } from '../definition/field-type.ts';
import { empty, json, operation, page } from './operation.ts';
import { parameters } from './parameters.ts';
import { schemaRef } from './record-schemas.ts';

/** The addresses of what administers a workspace. */
export function administrationPaths(base: string): Readonly<Record<string, JsonSchema>> {
  const made = json('The key, which is not shown again.', schemaRef('MadeKey'), 'Location');
  return {
    [`${base}/keys`]: {
      get: operation({
        id: 'listKeys',
        tag: 'Administration',
        summary: 'List API keys, newest first',
        answers: { 200: json('All of them.', page(schemaRef('Key'))) },
      }),
      post: operation({
        id: 'createKey',
        tag: 'Administration',
        summary: 'Make an API key',
        parameters: parameters('idempotencyKey'),
        body: schemaRef('KeyInput'),
        answers: { 201: made },
      }),
    },
    [`${base}/keys/{id}`]: {
      parameters: parameters('keyId'),
      get: operation({
        id: 'getKey',
        tag: 'Administration',
        summary: 'Read what a key may do',
        answers: { 200: json('The key, without itself.', schemaRef('Key')) },
      }),
      delete: operation({
        id: 'revokeKey',
        tag: 'Administration',
        summary: 'End a key, from the next request on',
        answers: { 204: empty('It is revoked.') },
      }),
    },
    [`${base}/keys/{id}/rotate`]: {
      parameters: parameters('keyId'),
      post: operation({
        id: 'rotateKey',
        tag: 'Administration',
        summary: 'Make a key that takes the place of another, which stays valid for a while',
        parameters: parameters('idempotencyKey'),
        body: schemaRef('Rotation'),
        answers: { 201: made },
        problems: [409],
      }),
    },
    [`${base}/audit`]: {
      get: operation({
        id: 'listActs',
        tag: 'Administration',
        summary: 'What was done to the workspace and in it, by whom, newest first',
        parameters: parameters('changesLimit', 'changesCursor', 'auditAction', 'auditActor'),
        answers: { 200: json('A page of acts.', page(schemaRef('Act'))) },
      }),
    },
  };
}
