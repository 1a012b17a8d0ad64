import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
  const fields = [
    { name: 'code', type: 'text', unique: true },
    { name: 'part', type: 'integer' },
    { name: 'owner', type: 'reference', to: 'item' },
  ];
  await putModel(system.edge, 'item', { fields, indexes: [{ fields: ['part', 'owner'], unique: true }] });
});
afterAll(() => system.stop());

const create = (body: unknown, headers = {}) =>
  system.edge.request('POST', '/v1/main/records/item', body, headers);

describe('a list of records of which Postgres refuses one', () => {
  test.each([
    [
      'twice the same value in it',
      [{ code: 'a' }, { code: 'b' }, { code: 'b' }],
      'unique_violation',
      ['/2/code'],
    ],
    [
      'a reference to nothing',
      [{ code: 'c' }, { owner: '00000000-0000-7000-8000-000000000000' }, { code: 'd' }],
      'reference_violation',
      ['/1/owner'],
    ],
    [
      'a key that is taken',
      [
        { code: 'e' },
        { id: '0197aaaa-0000-7000-8000-000000000001' },
        { id: '0197aaaa-0000-7000-8000-000000000001' },
      ],
      'record_exists',
      ['/2/id'],
    ],
  ])('names its place: %s', async (_what, body, code, paths) => {
    const refused = await create(body);
    expect(refused.status).toBe(409);
    expect(refused.body.code).toBe(code);
    expect(refused.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
    expect((await system.edge.get('/v1/main/records/item')).body.data).toEqual([]);
  });

  test('names every field of a value that is taken together', async () => {
    const owner = (await create({ code: 'owner' })).body.id;
    const refused = await create([
      { part: 1, owner },
      { part: 2, owner },
      { part: 1, owner },
    ]);
    expect(refused.body.errors.map(({ path }: { path: string }) => path)).toEqual(['/2/part', '/2/owner']);
    const single = await create({ code: 'owner' });
    expect(single.body.errors).toMatchObject([{ path: '/code' }]);
  });
});

test('requests at once under one Idempotency-Key create once, and are answered alike', async () => {
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => create({ code: 'once' }, { 'Idempotency-Key': 'the-same' })),
  );
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  const hashes = answers.map(({ headers }) => headers.get('Model-Hash'));
  expect(new Set(hashes)).toEqual(new Set([hashes.find((hash) => hash !== null)]));
});

test('a field may have any short name', async () => {
  const names = [
    'r',
    't',
    'v',
    'n',
    'record',
    'written',
    's0',
    'total',
    'w',
    'answer',
    'kept',
    'key',
    'user',
    'order',
    'ctid',
    'xmin',
    'xmax',
    'cmin',
    'cmax',
    'tableoid',
    'constructor',
    'count',
    'sum',
  ];
  await putModel(system.edge, 'short', { fields: names.map((name) => ({ name, type: 'text' })) });
  const values = Object.fromEntries(names.map((name) => [name, `the ${name}`]));
  const path = '/v1/main/records/short';
  const one = await system.edge.request('POST', path, values);
  expect(one.body).toMatchObject(values);
  expect((await system.edge.request('POST', path, [values, values])).status).toBe(201);
  expect((await system.edge.request('POST', path, values, { 'Idempotency-Key': 'k' })).status).toBe(201);
  expect((await system.edge.request('PATCH', `${path}/${one.body.id}`, { r: 'x' })).body).toMatchObject({
    r: 'x',
  });
  expect((await system.edge.request('PUT', `${path}/${one.body.id}`, values)).body).toMatchObject(values);
  expect((await system.edge.get(`${path}?sort=-r,s0&count=exact&limit=2`)).body).toMatchObject({
    data: [values, values],
    page: { total: 4 },
  });
  for (const name of names) {
    const found = await system.edge.get(
      `${path}?filter[${name}][_eq]=the ${name}&sort=${name}&select=${name}`,
    );
    expect(found.body.data).toHaveLength(4);
  }
  const groups = await system.edge.get(`${path}/aggregate?group=count,sum&max=r`);
  expect(groups.body.data).toEqual([{ count: 'the count', sum: 'the sum', max: { r: 'the r' } }]);
  for (const query of ['group=count', 'group=count&count', 'group=r,count&count&min=r']) {
    const refused = await system.edge.get(`${path}/aggregate?${query}`);
    expect([refused.status, refused.body.errors.at(-1).path]).toEqual([400, 'group']);
  }
  expect(await system.sql('select ctid, xmin from main.short')).toHaveLength(4);
  const file = `${names.join()}\n${names.join()}\n`;
  const imported = await system.edge.request('POST', `${path}/import`, file, { 'Content-Type': 'text/csv' });
  expect(imported.body).toMatchObject({ inserted: 1 });
  expect((await system.edge.request('DELETE', `${path}/${one.body.id}`)).status).toBe(204);
});
