import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../stack/answer.ts';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;
beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
});
afterAll(() => stack.stop());

const ask = (method: string, path: string, body?: unknown) => stack.request(method, `/v1/main/${path}`, body);

/** Makes a change that may drop something, and answers it once nothing more comes of it. */
async function done(body: object): Promise<Answer['body']> {
  const { hash } = (await ask('POST', 'plans', body)).body;
  const sent = await ask('POST', 'changes', { ...body, confirm: hash });
  expect(sent.status, JSON.stringify(sent.body)).toBe(202);
  await stack.deliverAll();
  const { body: change } = await ask('GET', `changes/${sent.body.id}`);
  expect(change, JSON.stringify(change.error)).toMatchObject({ status: 'done' });
  expect((await ask('GET', 'drift')).body.data).toEqual([]);
  return change;
}

test('a field comes back from the trash without the indexes that other fields in them no longer fit', async () => {
  await done({
    models: [
      { name: 'maker', fields: [] },
      {
        name: 'car',
        fields: [
          { name: 'plate', type: 'text' },
          { name: 'doors', type: 'integer' },
          { name: 'maker', type: 'reference', to: 'maker' },
          { name: 'about', type: 'text' },
        ],
        indexes: [
          { fields: ['plate'], where: { doors: { _gt: 2 } } },
          { fields: ['plate', 'maker'] },
          { fields: ['plate', 'about'], kind: 'fullText' },
          { fields: ['-plate', 'created_at'] },
        ],
      },
    ],
  });
  await done(operations({ op: 'dropField', model: 'car', field: 'plate' }));
  const alter = (field: string, type: string) => ({ op: 'alterField', model: 'car', field, set: { type } });
  await done(operations(alter('doors', 'boolean'), alter('maker', 'references'), alter('about', 'json')));
  const [entry] = (await ask('GET', 'trash')).body.data.filter(
    ({ name }: { name: string }) => name === 'plate',
  );
  const restored = await done(operations({ op: 'restore', trash: entry.id }));
  expect(restored.plan.warnings).toContainEqual(expect.stringContaining('without 3 of its indexes'));
  expect((await ask('GET', 'models/car')).body.indexes).toEqual([{ fields: ['-plate', 'created_at'] }]);
});
