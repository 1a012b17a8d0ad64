import { afterAll, beforeAll, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';

/** The one name that every object of JavaScript has a member by. */
const NAME = 'constructor';

let system: InProcess;
beforeAll(async () => {
  system = await InProcess.start({ GRACE_SECONDS: '0' });
});
afterAll(() => system.stop());

async function ask(method: string, path: string, body?: object, headers = {}) {
  const answer = await system.request(method, `/v1/main/${path}`, body, headers);
  await system.deliverAll();
  expect([method, path, answer.status, answer.body.code], JSON.stringify(answer.body)).toEqual([
    method,
    path,
    expect.toBeOneOf([200, 201, 202]),
    undefined,
  ]);
  return answer.body;
}

async function done(body: object) {
  const plan = await ask('POST', 'plans', body);
  const { id } = await ask('POST', 'changes', { ...body, confirm: plan.hash });
  const change = await ask('GET', `changes/${id}`);
  expect([change.status, change.error]).toEqual(['done', undefined]);
}

test('a model and a field of a name that objects inherit are like any others', async () => {
  const fields = [
    { name: NAME, type: 'text' },
    { name: 'year', type: 'integer' },
  ];
  await ask('PUT', `models/${NAME}`, { key: 'text', fields });
  await done({ models: [{ name: 'other', fields: [{ name: 'it', type: 'reference', to: NAME }] }] });
  const records = `records/${NAME}`;
  await ask('POST', records, [
    { id: 'a', year: 1 },
    { id: 'b', [NAME]: 'x' },
  ]);
  const changed = await ask('PATCH', `${records}?filter[id][_eq]=a`, { year: 2 });
  expect(changed.data).toMatchObject([{ id: 'a', [NAME]: null, year: 2 }]);
  expect(await ask('PATCH', `${records}/b`, { year: 3 })).toMatchObject({ [NAME]: 'x', year: 3 });

  const { version, hash, status, ...model } = await ask('GET', `models/${NAME}`);
  await ask('PUT', `models/${NAME}`, { ...model, label: 'Odd' }, { 'If-Match': `"${hash}"` });
  await done({
    operations: [{ op: 'addField', model: NAME, field: { name: 'note', type: 'text', default: 'n' } }],
    backfill: {},
  });
  // Nothing is to be done: the guard holds none the less.
  const now = await ask('GET', `models/${NAME}`);
  await ask('PUT', `models/${NAME}`, { fields: now.fields, label: 'Odd' }, { 'If-Match': `"${now.hash}"` });
  expect(now).toMatchObject({ label: 'Odd', version: 3 });
  await done({ operations: [{ op: 'addField', model: 'other', field: { name: 'note', type: 'text' } }] });
  const [last] = (await ask('GET', 'changes')).data;
  expect(last.models).toEqual(['other']);

  const { key } = await ask('POST', 'keys', { label: 'k', scopes: ['models:write'], models: ['other'] });
  const more = { operations: [{ op: 'addField', model: 'other', field: { name: 'more', type: 'text' } }] };
  await ask('POST', 'changes', more, { Authorization: `Bearer ${key}` });
  await done({ operations: [{ op: 'renameModel', from: NAME, to: 'plain' }] });
  expect((await ask('GET', 'records/plain?sort=id')).data).toMatchObject([
    { [NAME]: null, note: 'n' },
    { [NAME]: 'x', note: 'n' },
  ]);
});
