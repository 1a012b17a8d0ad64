import type { JsonSchema } from '../definition/field-type.ts';
import { UNCHANGED, UNDER_WAY, WAITED } from './answers.ts';
import { content, json, operation, page } from './operation.ts';
import { parameters } from './parameters.ts';
import { schemaRef } from './record-schemas.ts';

/** The addresses of definitions. */
export function modelPaths(base: string): Readonly<Record<string, JsonSchema>> {
  return {
    [`${base}/models`]: {
      get: operation({
        id: 'listModels',
        tag: 'Models',
        summary: 'List models',
        parameters: parameters('modelHash', 'ifNoneMatch'),
        answers: {
          200: json('All of them.', page(schemaRef('ListedModel')), 'Model-Hash', 'ETag'),
          304: UNCHANGED,
        },
        problems: [412],
      }),
    },
    [`${base}/models/{model}`]: {
      parameters: parameters('model'),
      get: operation({
        id: 'getModel',
        tag: 'Models',
        summary: 'Read a definition',
        parameters: parameters('modelHash', 'ifNoneMatch'),
        answers: {
          200: json('The definition.', schemaRef('Definition'), 'Model-Hash', 'ETag'),
          304: UNCHANGED,
        },
        problems: [412],
      }),
      put: operation({
        id: 'putModel',
        tag: 'Models',
        summary: 'Create a model, or change it to a definition',
        parameters: parameters(
          'modelHash',
          'confirm',
          'ifMatch',
          'ifNoneMatch',
          'preferWait',
          'idempotencyKey',
        ),
        body: schemaRef('ModelInput'),
        answers: { 200: WAITED, 201: WAITED, 202: UNDER_WAY },
        problems: [409, 412],
      }),
      delete: operation({
        id: 'deleteModel',
        tag: 'Models',
        summary: 'Move a model to the trash, with its records',
        parameters: parameters('modelHash', 'confirm', 'ifMatch', 'preferWait', 'idempotencyKey'),
        answers: { 200: WAITED, 202: UNDER_WAY },
        problems: [409, 412, 422],
      }),
    },
    [`${base}/models/{model}/schema.json`]: {
      parameters: parameters('model'),
      get: operation({
        id: 'getRecordSchema',
        tag: 'Models',
        summary: 'The JSON Schema (2020-12) of a record',
        parameters: parameters('modelHash', 'ifNoneMatch'),
        answers: {
          200: content('The schema.', 'application/schema+json', { type: 'object' }, 'Model-Hash', 'ETag'),
          304: UNCHANGED,
        },
        problems: [412],
      }),
    },
    [`${base}/models/{model}/versions`]: {
      parameters: parameters('model'),
      get: operation({
        id: 'listVersions',
        tag: 'Models',
        summary: 'Every published definition of a model, newest first',
        parameters: parameters('modelHash', 'ifNoneMatch'),
        answers: {
          200: json('All of them.', page(schemaRef('Version')), 'Model-Hash', 'ETag'),
          304: UNCHANGED,
        },
        problems: [412],
      }),
    },
    [`${base}/models/{model}/versions/{version}`]: {
      parameters: parameters('model', 'version'),
      get: operation({
        id: 'getVersion',
        tag: 'Models',
        summary: 'One of them',
        parameters: parameters('modelHash', 'ifNoneMatch'),
        answers: { 200: json('The definition.', schemaRef('Version'), 'Model-Hash', 'ETag'), 304: UNCHANGED },
        problems: [412],
      }),
    },
  };
}
