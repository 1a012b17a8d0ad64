import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;
const MINIMAL = { Prefer: 'return=minimal' };

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  await change({
    models: [
      { name: 'tag', key: 'text', fields: [{ name: 'label', type: 'text' }] },
      {
        name: 'book',
        fields: [
          { name: 'isbn', type: 'text', unique: true },
          { name: 'title', type: 'text', required: true },
          { name: 'year', type: 'integer', min: 0 },
          { name: 'shelf', type: 'text', default: 'A' },
          { name: 'sequel', type: 'reference', to: 'book' },
          { name: 'tags', type: 'references', to: 'tag' },
        ],
        indexes: [{ fields: ['title', 'year'], unique: true }],
      },
      { name: 'count', key: 'bigint', fields: [{ name: 'n', type: 'integer', unique: true }] },
    ],
  });
  for (const id of ['x', 'y']) await send('POST', 'tag', { id });
});
afterAll(() => stack.stop());
beforeEach(() => stack.parts.sql('truncate main_data.book cascade; truncate main_data.count cascade'));

async function change(body: object) {
  expect((await stack.request('POST', '/v1/main/changes', body)).status).toBe(202);
  await stack.deliverAll();
}

const send = (method: string, path: string, body?: unknown, headers = {}) =>
  stack.request(method, `/v1/main/records/${path}`, body, headers);

async function books(): Promise<readonly Record<string, unknown>[]> {
  const { body } = await stack.get('/v1/main/records/book?sort=title,year&limit=100');
  return body.data;
}

const errorsOf = (body: { errors?: readonly { path: string; code: string }[] }) =>
  body.errors?.map(({ path, code }) => `${path} ${code}`);

describe('an upsert', () => {
  test('creates what is not there, and changes only what was given in what is', async () => {
    const first = await send('POST', 'book', { isbn: '1', title: 'One', year: 1, shelf: 'B', tags: ['x'] });
    const { status, body } = await send('POST', 'book?onConflict=isbn', [
      { isbn: '2', title: 'Two' },
      { isbn: '1', title: 'Uno' },
    ]);
    expect(status).toBe(201);
    expect(body.data).toMatchObject([
      { isbn: '2', title: 'Two', year: null, shelf: 'A', tags: [] },
      { id: first.body.id, isbn: '1', title: 'Uno', year: 1, shelf: 'B', tags: ['x'] },
    ]);
    expect(body.data[1].updated_at > first.body.updated_at).toBe(true);
    expect(await books()).toMatchObject([{ title: 'Two' }, { title: 'Uno', tags: ['x'] }]);
  });

  test('sets lists, and takes one record as well as many', async () => {
    await send('POST', 'book', { isbn: '1', title: 'One', tags: ['x'] });
    const { body } = await send('POST', 'book?onConflict=isbn', {
      isbn: '1',
      title: 'One',
      tags: ['y', 'x'],
    });
    expect(body).toMatchObject({ isbn: '1', tags: ['y', 'x'] });
    expect(await books()).toMatchObject([{ tags: ['y', 'x'] }]);
    await send('POST', 'book?onConflict=isbn', { isbn: '3', title: 'Three', tags: ['y'] });
    expect(await books()).toMatchObject([{ tags: ['y', 'x'] }, { tags: ['y'] }]);
  });

  test('goes by the key, by a unique index of several fields, and by a field where Postgres makes the keys', async () => {
    await send('POST', 'tag?onConflict=id', [
      { id: 'x', label: 'ex' },
      { id: 'z', label: 'zed' },
    ]);
    expect((await stack.get('/v1/main/records/tag?sort=label')).body.data).toMatchObject([
      { id: 'x' },
      { id: 'z' },
      { id: 'y' },
    ]);
    await send('POST', 'book', { isbn: '1', title: 'One', year: 1 });
    await send('POST', 'book?onConflict=year,title', { title: 'One', year: 1, isbn: '9' });
    expect(await books()).toMatchObject([{ isbn: '9' }]);
    await send('POST', 'count?onConflict=n', [{ n: 1 }, { n: 2 }]);
    const { body } = await send('POST', 'count?onConflict=n', [{ n: 2 }, { n: 3 }]);
    expect(body.data.map(({ n }: { n: number }) => n)).toEqual([2, 3]);
  });

  test('gives its answer again under the same key, and another wish under it is refused', async () => {
    const key = { 'Idempotency-Key': 'upsert-1' };
    const body = { isbn: '1', title: 'One' };
    const first = await send('POST', 'book?onConflict=isbn', body, key);
    await send('PATCH', `book/${first.body.id}`, { title: 'Changed' });
    expect((await send('POST', 'book?onConflict=isbn', body, key)).body).toEqual(first.body);
    expect((await send('POST', 'book', body, key)).body.code).toBe('idempotency_key_reused');
  });

  test.each<[string, unknown, number, string]>([
    ['shelf', { title: 'a', shelf: 'b' }, 400, 'onConflict not_unique'],
    ['nothing', { title: 'a' }, 400, 'onConflict unknown_field'],
    ['isbn', { title: 'a' }, 422, '/isbn required'],
    [
      'isbn',
      [
        { isbn: '1', title: 'a' },
        { isbn: '2', title: 'b', year: 1 },
      ],
      422,
      '/1 other_fields',
    ],
    ['isbn', [{ isbn: '1', title: 'a' }, { isbn: '2' }], 422, '/1/title required'],
  ])('by %s is refused for %j', async (by, body, status, error) => {
    const answer = await send('POST', `book?onConflict=${by}`, body);
    expect({ status: answer.status, errors: errorsOf(answer.body) }).toEqual({ status, errors: [error] });
    expect(await books()).toEqual([]);
  });

  test('is refused whole where the body has a record twice', async () => {
    const twice = [
      { isbn: '1', title: 'a' },
      { isbn: '1', title: 'b' },
    ];
    expect(await send('POST', 'book?onConflict=isbn', twice)).toMatchObject({
      status: 409,
      body: { code: 'unique_violation' },
    });
    expect(await books()).toEqual([]);
  });
});

describe('a write of many', () => {
  beforeEach(async () => {
    const made = await send(
      'POST',
      'book',
      [1, 2, 3, 4].map((n) => ({ isbn: `${n}`, title: `T${n}`, year: n, tags: ['x'] })),
    );
    expect(made.status).toBe(201);
    await send('PATCH', `book/${made.body.data[3].id}`, { sequel: made.body.data[0].id });
  });

  test('changes the records of a filter, paths and lists included, and answers them', async () => {
    const { status, body } = await send('PATCH', 'book?filter[year][_lte]=2', { shelf: 'C', tags: ['y'] });
    expect({ status, affected: body.affected }).toEqual({ status: 200, affected: 2 });
    expect(body.data).toMatchObject([
      { title: 'T1', shelf: 'C', tags: ['y'] },
      { title: 'T2', shelf: 'C', tags: ['y'] },
    ]);
    expect(await books()).toMatchObject([
      { shelf: 'C', tags: ['y'] },
      { shelf: 'C' },
      { shelf: 'A', tags: ['x'] },
      { shelf: 'A' },
    ]);
    const byPath = await send('PATCH', 'book?filter[sequel.title][_eq]=T1', { shelf: 'D' }, MINIMAL);
    expect(byPath).toMatchObject({ status: 200, body: { affected: 1 } });
    expect(await books()).toMatchObject([{}, {}, {}, { shelf: 'D' }]);
  });

  test('deletes the records of a filter', async () => {
    expect(await send('DELETE', 'book?filter[year][_gt]=2')).toMatchObject({
      status: 200,
      body: { affected: 2 },
    });
    expect(await send('DELETE', 'book?filter[year][_gt]=2')).toMatchObject({
      status: 200,
      body: { affected: 0 },
    });
    expect(await books()).toMatchObject([{ title: 'T1' }, { title: 'T2' }]);
  });

  test.each<[string, string, object | undefined, number, string]>([
    ['PATCH', 'book', { shelf: 'C' }, 400, 'filter required'],
    ['DELETE', 'book', undefined, 400, 'filter required'],
    ['PATCH', 'book?filter={}', { shelf: 'C' }, 400, 'filter required'],
    ['DELETE', 'book?filter={}', undefined, 400, 'filter required'],
    ['DELETE', 'book?filter={"_and":[]}', undefined, 400, 'filter required'],
    ['DELETE', 'book?filter={"_not":{"_or":[{}]}}', undefined, 400, 'filter required'],
    ['DELETE', 'book?filter[nothing][_eq]=1', undefined, 400, 'filter[nothing][_eq] unknown_field'],
    ['DELETE', 'book?filter[year][_eq]=1&maxAffected=0', undefined, 400, 'maxAffected invalid_value'],
    ['PATCH', 'book?filter[year][_gt]=0&sort=year', { shelf: 'C' }, 400, 'sort unknown_parameter'],
    ['PATCH', 'book?filter[year][_gt]=0', { year: 'x' }, 422, '/year invalid_value'],
    ['PATCH', 'book?filter[year][_gt]=0', { isbn: '1' }, 409, '/isbn unique_violation'],
    ['DELETE', 'book?filter[year][_lte]=2', undefined, 409, ''],
  ])('%s %s is refused whole', async (method, path, body, status, error) => {
    const before = await books();
    const answer = await send(method, path, body);
    expect({ status: answer.status, errors: errorsOf(answer.body)?.join() ?? '' }).toEqual({
      status,
      errors: error,
    });
    expect(await books()).toEqual(before);
  });

  test('is refused whole where more are meant than expected', async () => {
    const before = await books();
    for (const method of ['PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? { shelf: 'C' } : undefined;
      const answer = await send(method, 'book?filter[year][_gt]=1&maxAffected=2', body);
      expect(answer).toMatchObject({ status: 409, body: { code: 'too_many_affected' } });
    }
    expect(await books()).toEqual(before);
    expect(
      (await send('PATCH', 'book?filter[year][_gt]=1&maxAffected=3', { shelf: 'C' })).body.affected,
    ).toBe(3);
  });

  test('by an old class is tried again with the current one', async () => {
    await books();
    await change(operations({ op: 'renameField', model: 'book', from: 'year', to: 'edition' }));
    const answer = await send('PATCH', 'book?filter[edition][_eq]=1', { shelf: 'E' });
    expect(answer).toMatchObject({ status: 200, body: { affected: 1, data: [{ edition: 1, shelf: 'E' }] } });
    await change(operations({ op: 'renameField', model: 'book', from: 'edition', to: 'year' }));
    expect((await send('PATCH', 'book?filter[edition][_eq]=1', { shelf: 'F' })).status).toBe(400);
  });
});

describe('return=minimal', () => {
  test('leaves the records out of the answers to writes', async () => {
    const created = await send('POST', 'book', { title: 'a' }, MINIMAL);
    expect({ status: created.status, body: created.body }).toEqual({ status: 201, body: '' });
    expect(created.headers.get('preference-applied')).toBe('return=minimal');
    const path = (created.headers.get('location') ?? '').replace('/v1/main/records/', '');
    expect((await send('POST', 'book', [{ title: 'b' }], MINIMAL)).body).toBe('');
    expect((await send('PATCH', path, { title: 'c' }, MINIMAL)).status).toBe(204);
    expect((await send('PUT', path, { title: 'd' }, MINIMAL)).status).toBe(204);
    expect((await stack.get(`/v1/main/records/${path}`)).body.title).toBe('d');
  });
});
