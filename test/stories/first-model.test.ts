import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type System, startSystem } from '../stack/system.ts';

describe('a first model', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());

  test('is put, published, and takes records', async () => {
    const put = await system.edge.request(
      'PUT',
      '/v1/main/models/movie',
      {
        fields: [
          { name: 'title', type: 'text', required: true, maxLength: 300, index: true },
          { name: 'released', type: 'date' },
          { name: 'gross', type: 'bigint', min: 0 },
        ],
      },
      { Prefer: 'wait=10' },
    );
    expect(put.body).toMatchObject({ models: ['movie'] });
    expect(put.status).toBe(201);
    const created = await system.edge.request('POST', '/v1/main/records/movie', {
      title: 'Jaws',
      released: '1975-06-20',
      gross: '471000000',
    });
    expect(created.body).toMatchObject({ title: 'Jaws', released: '1975-06-20', gross: '471000000' });
    expect(created.status).toBe(201);
    const list = await system.edge.get('/v1/main/records/movie');
    expect(list.body.data).toEqual([created.body]);
  });
});
