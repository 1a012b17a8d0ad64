import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

const EMBEDDING = { name: 'embedding', type: 'vector', dimensions: 3 };

describe('a vector where Postgres has no pgvector', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
    await putModel(system.edge, 'page', { fields: [{ name: 'text', type: 'text' }] });
  });
  afterAll(() => system.stop());

  test('is refused when it is planned and when it is asked for, with what to do, and leaves nothing', async () => {
    const add = operations({ op: 'addField', model: 'page', field: EMBEDDING });
    const answers = [
      await system.edge.request('POST', '/v1/main/plans', add),
      await change(system.edge, add),
      await putModel(system.edge, 'other', { fields: [EMBEDDING] }),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(422);
      expect(body).toMatchObject({ code: 'extension_missing', extension: 'vector' });
      expect(body.detail).toMatch(/(page|other)\.embedding needs .* run "create extension vector"/);
    }
    expect((await system.edge.get('/v1/main/changes')).body.data).toHaveLength(1);
    expect((await system.edge.get('/v1/main/models/page')).body).toMatchObject({ version: 1 });
    expect((await system.edge.get('/v1/main/models/other')).status).toBe(404);
  });
});
