import type { JsonSchema } from '../definition/field-type.ts';
import { empty, json, operation, page } from './operation.ts';
import { parameters } from './parameters.ts';
import { schemaRef } from './record-schemas.ts';

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
