import type { JsonSchema } from '../definition/field-type.ts';
import { UNDER_WAY, WAITED } from './answers.ts';
import { json, operation, page } from './operation.ts';
import { parameters } from './parameters.ts';
import { schemaRef } from './record-schemas.ts';
import { subscriberPaths } from './subscriber-paths.ts';

function signature(name: string, description: string, pattern: string): JsonSchema {
  return { name, in: 'header', required: true, description, schema: { type: 'string', pattern } };
}

const PUSHED = json(
  'The change with `push`, which says what was read; or why there is none.',
  schemaRef('FollowedPush'),
  'Location',
  'Model-Hash',
  'Preference-Applied',
);

/** The addresses of webhooks. */
export function webhookPaths(base: string): Readonly<Record<string, JsonSchema>> {
  return {
    ...subscriberPaths(base),
    [`${base}/webhooks/definitions`]: {
      post: {
        ...operation({
          id: 'receiveDefinitions',
          tag: 'Webhooks',
          summary: 'Change models, by a body that is signed after Standard Webhooks',
          parameters: [
            signature(
              'webhook-id',
              'Repeated, it is answered as the first time, and changes nothing.',
              '^[!-~]{1,255}$',
            ),
            signature('webhook-timestamp', 'Seconds since the epoch, at most 300 from now.', '^[0-9]{1,12}$'),
            signature(
              'webhook-signature',
              'By a secret of the deployment.',
              '^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)*$',
            ),
            ...parameters('preferWait'),
          ],
          body: schemaRef('ChangeRequest'),
          answers: { 200: WAITED, 202: UNDER_WAY },
          problems: [409, 412],
        }),
        security: [],
      },
    },
    [`${base}/webhooks/github`]: {
      post: {
        ...operation({
          id: 'receivePush',
          tag: 'Webhooks',
          summary: 'Follow a push to a repository of definitions on GitHub',
          parameters: [
            signature('X-GitHub-Event', '`push` counts, `ping` is answered.', '^[a-z_]+$'),
            signature('X-GitHub-Delivery', 'What GitHub calls it.', '^[!-~]{1,255}$'),
            signature('X-Hub-Signature-256', 'By a secret of the deployment.', '^sha256=[0-9a-f]{64}$'),
            ...parameters('preferWait'),
          ],
          body: {
            type: 'object',
            description: "GitHub's payload; without a token, with `definitions` beside its own.",
          },
          answers: { 200: PUSHED, 202: PUSHED },
          problems: [409, 412],
        }),
        security: [],
      },
    },
    [`${base}/webhooks/deliveries`]: {
      get: operation({
        id: 'listReceivedWebhooks',
        tag: 'Webhooks',
        summary: 'What came in by webhook, and how it was answered, newest first',
        parameters: parameters('changesLimit', 'changesCursor'),
        answers: { 200: json('A page of deliveries.', page(schemaRef('ReceivedWebhook'))) },
      }),
    },
  };
}
