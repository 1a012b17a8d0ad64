import type { JsonSchema } from '../definition/field-type.ts';
import { UNDER_WAY, WAITED } from './answers.ts';
import { content, empty, json, operation, page } from './operation.ts';
import { parameters } from './parameters.ts';
import { schemaRef } from './record-schemas.ts';

const CHANGE = schemaRef('Change');

/** The addresses of plans and changes. */
export function changePaths(base: string): Readonly<Record<string, JsonSchema>> {
  return {
    [`${base}/plans`]: {
      post: operation({
        id: 'plan',
        tag: 'Changes',
        summary: 'What a change would do: every step with its SQL; changes nothing',
        parameters: parameters('modelHash'),
        body: schemaRef('ChangeRequest'),
        answers: { 200: json('The plan.', schemaRef('Plan'), 'Model-Hash') },
        problems: [409, 412],
      }),
    },
    [`${base}/infer`]: {
      post: operation({
        id: 'infer',
        tag: 'Changes',
        summary: 'Definitions that would take a sample, with the reason for each guess; changes nothing',
        parameters: parameters('sampleFormat', 'sampleName'),
        body: {
          description: 'A list of objects, such lists by their names, or one object.',
          anyOf: [{ type: 'array', items: { type: 'object' } }, { type: 'object' }],
        },
        files: ['text/csv', 'application/x-ndjson'],
        answers: { 200: json('A change, as it may be sent.', schemaRef('Inferred')) },
      }),
    },
    [`${base}/changes`]: {
      get: operation({
        id: 'listChanges',
        tag: 'Changes',
        summary: 'List changes, newest first',
        parameters: parameters('changesLimit', 'changesCursor'),
        answers: { 200: json('A page of changes.', page(CHANGE)) },
      }),
      post: operation({
        id: 'createChange',
        tag: 'Changes',
        summary: 'Change models, online',
        parameters: parameters('modelHash', 'preferWait', 'idempotencyKey'),
        body: schemaRef('ChangeRequest'),
        answers: { 200: WAITED, 202: UNDER_WAY },
        problems: [409, 412],
      }),
    },
    [`${base}/changes/{id}`]: {
      parameters: parameters('changeId'),
      get: operation({
        id: 'getChange',
        tag: 'Changes',
        summary: 'Read a change',
        answers: { 200: json('The change.', CHANGE, 'Model-Hash') },
      }),
    },
    [`${base}/changes/{id}/events`]: {
      parameters: parameters('changeId'),
      get: operation({
        id: 'changeEvents',
        tag: 'Changes',
        summary: 'A change whenever it moves on, as server-sent events, until it has ended',
        parameters: parameters('lastEventId'),
        answers: {
          200: content('Events; the data of each is the change.', 'text/event-stream', { type: 'string' }),
          204: empty('It has ended, and the client has all of it.'),
        },
      }),
    },
    [`${base}/changes/{id}/cancel`]: {
      parameters: parameters('changeId', 'preferWait'),
      post: operation({
        id: 'cancelChange',
        tag: 'Changes',
        summary: 'Stop a change before it is published, and undo it',
        answers: { 200: WAITED, 202: UNDER_WAY },
        problems: [409],
      }),
    },
    [`${base}/changes/{id}/retry`]: {
      parameters: parameters('changeId', 'preferWait'),
      post: operation({
        id: 'retryChange',
        tag: 'Changes',
        summary: 'Run a failed change again',
        answers: { 200: WAITED, 202: UNDER_WAY },
        problems: [409],
      }),
    },
  };
}
