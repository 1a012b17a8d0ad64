import type { JsonSchema } from '../definition/field-type.ts';
import { UNDER_WAY, WAITED } from './answers.ts';
import { empty, json, operation, page } from './operation.ts';
import { parameters } from './parameters.ts';
import { schemaRef } from './record-schemas.ts';

/** The addresses of ways back: to a version, and from the trash. */
export function historyPaths(base: string): Readonly<Record<string, JsonSchema>> {
  return {
    [`${base}/models/{model}/rollback`]: {
      parameters: parameters('model', 'modelHash', 'preferWait', 'idempotencyKey'),
      post: operation({
        id: 'rollbackModel',
        tag: 'Models',
        summary: 'Change a model back to one of its versions',
        body: schemaRef('RollbackRequest'),
        answers: { 200: WAITED, 202: UNDER_WAY },
        problems: [409, 412],
      }),
    },
    [`${base}/trash`]: {
      get: operation({
        id: 'listTrash',
        tag: 'Trash',
        summary: 'List what was dropped and is still there, newest first',
        parameters: parameters('changesLimit', 'changesCursor'),
        answers: { 200: json('A page of it.', page(schemaRef('Trashed'))) },
      }),
    },
    [`${base}/trash/{id}`]: {
      parameters: parameters('trashId', 'confirmPurge', 'preferWait'),
      delete: operation({
        id: 'purge',
        tag: 'Trash',
        summary: 'Purge something from the trash, for good',
        answers: {
          202: json('What is about to be purged.', schemaRef('Trashed'), 'Preference-Applied'),
          204: empty('It is gone.', 'Preference-Applied'),
        },
        problems: [409],
      }),
    },
    [`${base}/trash/{id}/restore`]: {
      parameters: parameters('trashId', 'modelHash', 'preferWait', 'idempotencyKey'),
      post: operation({
        id: 'restore',
        tag: 'Trash',
        summary: 'Bring something back with its data, also under another name',
        body: schemaRef('RestoreRequest'),
        answers: { 200: WAITED, 202: UNDER_WAY },
        problems: [409, 412],
      }),
    },
  };
}
