import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

describe('models of few and of many fields', () => {
  test('one of a thousand fields takes a hundred records in one request', async () => {
    const names = Array.from({ length: 1000 }, (_, n) => `field_${n}`);
    await putModel(system.edge, 'wide', { fields: names.map((name) => ({ name, type: 'text' })) });
    const records = Array.from({ length: 100 }, (_, n) => ({
      field_0: `first ${n}`,
      field_999: `last ${n}`,
    }));
    const { status, body } = await system.edge.request('POST', '/v1/main/records/wide', records);
    expect(status).toBe(201);
    expect(
      body.data.map(({ field_0, field_1, field_999 }: never) => ({ field_0, field_1, field_999 })),
    ).toEqual(records.map((record) => ({ ...record, field_1: null })));
  });

  test.each(['uuid', 'bigint'])(
    'one of no field, with a key of type %s, takes one record and several',
    async (key) => {
      const name = `empty_${key}`;
      await putModel(system.edge, name, { key, fields: [] });
      const one = await system.edge.request('POST', `/v1/main/records/${name}`, {});
      expect(one.status).toBe(201);
      const several = await system.edge.request('POST', `/v1/main/records/${name}`, [{}, {}]);
      expect(several.body.data).toHaveLength(2);
      const { body } = await system.edge.get(`/v1/main/records/${name}`);
      expect(body.data).toHaveLength(3);
    },
  );
});
