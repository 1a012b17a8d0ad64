import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem } from '../records/problem.ts';
import { change, ended } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
const CSV = { 'Content-Type': 'text/csv' };
const NDJSON = { 'Content-Type': 'application/x-ndjson' };

beforeAll(async () => {
  system = await startSystem();
  const made = await change(system.edge, {
    models: [
      { name: 'country', key: 'text', fields: [] },
      { name: 'city', fields: [{ name: 'name', type: 'text' }] },
    ],
  });
  expect(made.body.status).toMatch(/published|done/);
  await ended(system.edge, made.body.id);
  for (const id of ['de', 'fr', 'it']) await system.edge.request('POST', '/v1/main/records/country', { id });
});
afterAll(() => system.stop());

const infer = (query: string, body: unknown, headers: Record<string, string> = {}) =>
  system.edge.request('POST', `/v1/main/infer${query}`, body, headers);

describe('inferring models', () => {
  test('makes of a file a change that can be sent as it is, and a model that takes the file', async () => {
    const file = 'Name,Country,Founded\nRoma,it,0753-04-21\nLyon,fr,\nBerlin,de,1237-10-28\n';
    const { status, body } = await infer('?name=town', file, CSV);
    expect(status).toBe(200);
    expect(body.models).toEqual([
      {
        name: 'town',
        fields: [
          { name: 'name', type: 'text', required: true },
          { name: 'country', type: 'reference', to: 'country', required: true },
          { name: 'founded', type: 'date' },
        ],
      },
    ]);
    expect(body.reasons).toContainEqual({
      model: 'town',
      field: 'country',
      property: 'to',
      reason: 'all 3 different values are among the ids of country',
    });
    expect((await system.edge.get('/v1/main/models')).body.data).toHaveLength(2);
    const made = await change(system.edge, body);
    expect(made.body.status).toMatch(/published|done/);
    const imported = await system.edge.request('POST', '/v1/main/records/town/import', file, CSV);
    expect(imported.body).toMatchObject({ inserted: 3, errors: [] });
    const { body: list } = await system.edge.get(
      '/v1/main/records/town?sort=name&select=name,country,founded',
    );
    expect(list.data[2]).toEqual({ name: 'Roma', country: 'it', founded: '0753-04-21' });
  });

  test('makes of several lists models that refer to each other, whose files go in by the map that it tells', async () => {
    const sample = {
      people: [
        { Email: 'a@example.org', team: 'red' },
        { Email: 'b@example.org', team: 'red' },
      ],
      teams: [{ code: 'red' }, { code: 'blue' }],
    };
    const { body } = await infer('', sample);
    expect(body.columns).toEqual({ people: { Email: 'email' }, teams: { code: 'id' } });
    const made = await change(system.edge, body);
    expect(made.body.status).toMatch(/published|done/);
    const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');
    const put = (path: string, rows: readonly object[]) =>
      system.edge.request('POST', `/v1/main/records/${path}`, lines(rows), NDJSON);
    expect((await put('teams/import?map[code]=id', sample.teams)).body).toMatchObject({ inserted: 2 });
    expect((await put('people/import', sample.people)).body).toMatchObject({ inserted: 2 });
    const joined = await system.edge.get(
      '/v1/main/records/people?filter[team.id][_eq]=red&sort=email&select=email',
    );
    expect(joined.body.data).toEqual([{ email: 'a@example.org' }, { email: 'b@example.org' }]);
  });

  test('takes NDJSON, and one object', async () => {
    expect((await infer('', '{"a":1}\n{"a":2}\n', NDJSON)).body.models).toEqual([
      { name: 'record', fields: [{ name: 'a', type: 'integer', required: true }] },
    ]);
    expect((await infer('', { a: [1, 2], b: true })).body.models).toMatchObject([
      {
        fields: [
          { name: 'a', type: 'json' },
          { name: 'b', type: 'boolean' },
        ],
      },
    ]);
  });

  test('refuses what is no sample, in words', async () => {
    expectProblem(await infer('', 'x', { 'Content-Type': 'text/plain' }), 415, 'unsupported_media_type');
    expectProblem(await infer('', '', CSV), 400, 'invalid_file');
    expectProblem(await infer('', 'a,a\n1,2\n', CSV), 400, 'invalid_file');
    expectProblem(await infer('', 'a\n"1\n', CSV), 400, 'invalid_file', '', 2);
    expectProblem(await infer('', '{"a":1}\n{"a":\n', NDJSON), 400, 'invalid_file', '', 2);
    expectProblem(await infer('', '\n', NDJSON), 400, 'invalid_file');
    expectProblem(
      await infer('', '[1]', { 'Content-Type': 'application/json' }),
      422,
      'validation_failed',
      '/0',
    );
    expectProblem(await infer('', '7', { 'Content-Type': 'application/json' }), 422, 'validation_failed', '');
    expectProblem(await infer('?format=xml', 'a\n', CSV), 400, 'invalid_query', 'format');
    expectProblem(await infer('?nmae=a', 'a\n', CSV), 400, 'invalid_query', 'nmae');
    expectProblem(await infer('', `a\n${'x\n'.repeat(3_000_000)}`, CSV), 413, 'body_too_large');
    expectProblem(
      await system.edge.request('POST', '/v1/nowhere/infer', 'a\n1', CSV),
      404,
      'unknown_workspace',
    );
  });

  test('proposes an import of what is not called as its field by a map that is checked', async () => {
    const path = '/v1/main/records/city/import';
    const bad = await system.edge.request('POST', `${path}?map[City]=nmae`, 'City\nRoma\n', CSV);
    expectProblem(bad, 400, 'invalid_query', 'map[City]');
    const twice = await system.edge.request('POST', `${path}?map[City]=name`, 'City,name\nRoma,x\n', CSV);
    expectProblem(twice, 422, 'validation_failed', '/name', 1);
    const done = await system.edge.request('POST', `${path}?map[City]=name`, 'City\nRoma\n', CSV);
    expect(done.body).toMatchObject({ inserted: 1 });
  });
});
