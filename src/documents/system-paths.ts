import type { JsonSchema } from '../definition/field-type.ts';
import { content, empty, json, operation, page } from './operation.ts';
import { type ParameterName, parameterRef } from './parameters.ts';
import { schemaRef } from './record-schemas.ts';

const parameters = (...names: readonly ParameterName[]) => names.map(parameterRef);

/** The addresses of workspaces, and of the server itself. */
export function serverPaths(): Readonly<Record<string, JsonSchema>> {
  const health = schemaRef('Health');
  return {
    '/health': {
      get: {
        operationId: 'health',
        tags: ['Server'],
        summary: 'Whether the parts that serving needs are up',
        security: [],
        responses: {
          200: json('All of them are, or all but Redis, without which the catalog answers.', health),
          503: json('The database is down.', health),
        },
      },
    },
    '/v1/doctor': {
      get: operation({
        id: 'examineDeployment',
        tag: 'Server',
        summary: 'What an operator should know of this deployment, and how to mend it',
        answers: { 200: json('What each check found.', page(schemaRef('Finding'))) },
      }),
    },
    '/v1/workspaces': {
      get: operation({
        id: 'listWorkspaces',
        tag: 'Workspaces',
        summary: 'List workspaces',
        parameters: parameters('trashed'),
        answers: { 200: json('All of them.', page(schemaRef('Workspace'))) },
      }),
      post: operation({
        id: 'createWorkspace',
        tag: 'Workspaces',
        summary: 'Create a workspace',
        body: schemaRef('WorkspaceInput'),
        answers: { 201: json('The workspace.', schemaRef('Workspace'), 'Location') },
        problems: [409],
      }),
    },
    '/v1/workspaces/{slug}': {
      parameters: parameters('slug'),
      get: operation({
        id: 'getWorkspace',
        tag: 'Workspaces',
        summary: 'Read a workspace',
        answers: { 200: json('The workspace.', schemaRef('Workspace')) },
      }),
      patch: operation({
        id: 'patchWorkspace',
        tag: 'Workspaces',
        summary: 'Change the label of a workspace, or how long its trash keeps what is dropped',
        body: schemaRef('WorkspacePatch'),
        answers: { 200: json('The workspace.', schemaRef('Workspace')) },
      }),
      delete: operation({
        id: 'deleteWorkspace',
        tag: 'Workspaces',
        summary: 'Move a workspace to the trash',
        answers: { 204: empty('It is there now.') },
      }),
    },
    '/v1/workspaces/{slug}/restore': {
      parameters: parameters('slug'),
      post: operation({
        id: 'restoreWorkspace',
        tag: 'Workspaces',
        summary: 'Bring a workspace back from the trash',
        answers: { 200: json('The workspace.', schemaRef('Workspace')) },
      }),
    },
  };
}

const CHANGE = schemaRef('Change');
/** How wishes for changes are answered: at once, and to who waits. */
export const UNDER_WAY = json(
  'The change, which is under way.',
  CHANGE,
  'Location',
  'Model-Hash',
  'Preference-Applied',
);
export const WAITED = json(
  'The change, which is published, or failed.',
  CHANGE,
  'Location',
  'Model-Hash',
  'Preference-Applied',
);

const UNCHANGED = empty('It is what the client has.', 'Model-Hash', 'ETag');

/** The addresses of definitions. */
export function modelPaths(base: string): Readonly<Record<string, JsonSchema>> {
  return {
    [`${base}/models`]: {
      get: operation({
        id: 'listModels',
        tag: 'Models',
        summary: 'List models',
        parameters: parameters('ifNoneMatch'),
        answers: {
          200: json('All of them.', page(schemaRef('ListedModel')), 'Model-Hash', 'ETag'),
          304: UNCHANGED,
        },
      }),
    },
    [`${base}/models/{model}`]: {
      parameters: parameters('model'),
      get: operation({
        id: 'getModel',
        tag: 'Models',
        summary: 'Read a definition',
        parameters: parameters('ifNoneMatch'),
        answers: {
          200: json('The definition.', schemaRef('Definition'), 'Model-Hash', 'ETag'),
          304: UNCHANGED,
        },
      }),
      put: operation({
        id: 'putModel',
        tag: 'Models',
        summary: 'Create a model, or change it to a definition',
        parameters: parameters('confirm', 'ifMatch', 'ifNoneMatch', 'preferWait', 'idempotencyKey'),
        body: schemaRef('ModelInput'),
        answers: { 200: WAITED, 201: WAITED, 202: UNDER_WAY },
        problems: [409, 412],
      }),
      delete: operation({
        id: 'deleteModel',
        tag: 'Models',
        summary: 'Move a model to the trash, with its records',
        parameters: parameters('confirm', 'ifMatch', 'preferWait', 'idempotencyKey'),
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
        parameters: parameters('ifNoneMatch'),
        answers: {
          200: content('The schema.', 'application/schema+json', { type: 'object' }, 'Model-Hash', 'ETag'),
          304: UNCHANGED,
        },
      }),
    },
    [`${base}/models/{model}/versions`]: {
      parameters: parameters('model'),
      get: operation({
        id: 'listVersions',
        tag: 'Models',
        summary: 'Every published definition of a model, newest first',
        parameters: parameters('ifNoneMatch'),
        answers: {
          200: json('All of them.', page(schemaRef('Version')), 'Model-Hash', 'ETag'),
          304: UNCHANGED,
        },
      }),
    },
    [`${base}/models/{model}/versions/{version}`]: {
      parameters: parameters('model', 'version'),
      get: operation({
        id: 'getVersion',
        tag: 'Models',
        summary: 'One of them',
        parameters: parameters('ifNoneMatch'),
        answers: { 200: json('The definition.', schemaRef('Version'), 'Model-Hash', 'ETag'), 304: UNCHANGED },
      }),
    },
  };
}

/** The addresses of plans and changes. */
export function changePaths(base: string): Readonly<Record<string, JsonSchema>> {
  return {
    [`${base}/plans`]: {
      post: operation({
        id: 'plan',
        tag: 'Changes',
        summary: 'What a change would do: every step with its SQL; changes nothing',
        body: schemaRef('ChangeRequest'),
        answers: { 200: json('The plan.', schemaRef('Plan')) },
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
        parameters: parameters('preferWait', 'idempotencyKey'),
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
        answers: { 200: json('The change.', CHANGE) },
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

/** The addresses of what is generated for clients. */
export function documentPaths(base: string): Readonly<Record<string, JsonSchema>> {
  const document = (id: string, summary: string, answer: JsonSchema) => ({
    get: operation({
      id,
      tag: 'Documents',
      summary,
      parameters: parameters('ifNoneMatch'),
      answers: { 200: answer, 304: UNCHANGED },
    }),
  });
  return {
    [`${base}/openapi.json`]: document(
      'getOpenApi',
      'This document',
      json('OpenAPI 3.1.', { type: 'object' }, 'Model-Hash', 'ETag'),
    ),
    [`${base}/definitions.json`]: document(
      'getDefinitions',
      'All definitions, as changes take them',
      json('The models.', schemaRef('Definitions'), 'Model-Hash', 'ETag'),
    ),
    [`${base}/types.ts`]: document(
      'getTypes',
      'TypeScript types of every model',
      content('A module.', 'text/plain', { type: 'string' }, 'Model-Hash', 'ETag'),
    ),
  };
}
