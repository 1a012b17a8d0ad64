import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiErrors } from '../documents/validators.ts';
import { change, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem();
  await change(system.edge, {
    models: [
      {
        name: 'movie',
        key: 'text',
        fields: [
          { name: 'title', type: 'text', required: true },
          { name: 'gross', type: 'bigint' },
          { name: 'double', type: 'computed', expression: 'gross * 2' },
          { name: 'director', type: 'reference', to: 'person' },
          { name: 'sequel_of', type: 'reference', to: 'movie' },
        ],
        indexes: [{ fields: ['director', '-gross'], where: { gross: { _gt: '0' } } }],
      },
      { name: 'person', label: 'Person', fields: [{ name: 'name', type: 'text', index: true }] },
    ],
  });
});
afterAll(() => system.stop());

describe('the OpenAPI document of a workspace', () => {
  test('is valid, and has the models of this moment', async () => {
    const answer = await system.edge.get('/v1/main/openapi.json');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Content-Type')).toContain('application/json');
    expect(answer.headers.get('Cache-Control')).toBe('private, no-cache');
    expect(await openApiErrors(answer.body)).toBeNull();
    expect(Object.keys(answer.body.paths)).toContain('/v1/main/records/movie');
    expect(answer.headers.get('Model-Hash')).toMatch(/^movie=[0-9a-f]{64}, person=[0-9a-f]{64}$/);
  });

  test('is not sent again while the models are the same', async () => {
    const first = await system.edge.get('/v1/main/openapi.json');
    const tag = first.headers.get('ETag') ?? '';
    const again = await system.edge.get('/v1/main/openapi.json', { 'If-None-Match': tag });
    expect([again.status, again.body, again.headers.get('ETag')]).toEqual([304, '', tag]);
    const other = await system.edge.get('/v1/main/openapi.json', { 'If-None-Match': '"other"' });
    expect(other.body).toEqual(first.body);
  });

  test('is another one as soon as a change is published', async () => {
    const before = await system.edge.get('/v1/main/openapi.json');
    const tag = before.headers.get('ETag') ?? '';
    await change(
      system.edge,
      operations({ op: 'addField', model: 'person', field: { name: 'born', type: 'date' } }),
    );
    const after = await system.edge.get('/v1/main/openapi.json', { 'If-None-Match': tag });
    expect(after.status).toBe(200);
    expect(after.headers.get('ETag')).not.toBe(tag);
    expect(Object.keys(after.body.components.schemas.person.properties)).toContain('born');
  });

  test('is another one in every workspace, and none where there is no workspace', async () => {
    await system.edge.request('POST', '/v1/workspaces', { slug: 'empty' });
    const [main, empty] = [await get('main'), await get('empty')];
    expect(Object.keys(empty.body.paths)).not.toContain('/v1/empty/records/movie');
    expect(empty.headers.get('ETag')).not.toBe(main.headers.get('ETag'));
    expect(await get('nowhere')).toMatchObject({ status: 404, body: { code: 'unknown_workspace' } });
  });
});

describe('the definitions of a workspace', () => {
  test('make the same models where they are sent to an empty workspace', async () => {
    await system.edge.request('POST', '/v1/workspaces', { slug: 'copy' });
    const { body } = await system.edge.get('/v1/main/definitions.json');
    const made = await change(system.edge, body, 'copy');
    expect(made.body).toMatchObject({ models: ['movie', 'person'] });
    const copy = await system.edge.get('/v1/copy/definitions.json');
    expect(copy.body).toEqual(body);
    expect(copy.body.models.map(({ name }: { name: string }) => name)).toEqual(['movie', 'person']);
  });

  test('change nothing where they are sent back', async () => {
    const { body } = await system.edge.get('/v1/main/definitions.json');
    const { body: plan } = await system.edge.request('POST', '/v1/main/plans', { ...body, prune: true });
    expect(plan).toMatchObject({ steps: [], questions: [], base: {}, result: {} });
  });
});

describe('the types of a workspace', () => {
  test('are a module of the models of this moment, with their hashes', async () => {
    const { status, body, headers } = await system.edge.get('/v1/main/types.ts');
    expect(status).toBe(200);
    expect(body).toContain('export interface Models {');
    const [, hash] = /movie=([0-9a-f]{64})/.exec(headers.get('Model-Hash') ?? '') ?? [];
    expect(body).toContain(`  movie: '${hash}',`);
  });
});

describe('the JSON Schema of a model', () => {
  test('is that of its records', async () => {
    await putModel(system.edge, 'note', { fields: [{ name: 'text', type: 'text', maxLength: 9 }] });
    const { headers, body } = await system.edge.get('/v1/main/models/note/schema.json');
    expect(headers.get('Content-Type')).toContain('application/schema+json');
    expect(body).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'note',
      properties: {
        id: { format: 'uuid' },
        text: { anyOf: [{ type: 'string', maxLength: 9 }, { type: 'null' }] },
      },
      required: ['id', 'created_at', 'updated_at', 'text'],
    });
  });
});

function get(workspace: string) {
  return system.edge.get(`/v1/${workspace}/openapi.json`);
}
