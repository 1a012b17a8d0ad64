import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;
const text = (name: string, more = {}) => ({ name, type: 'text', ...more });

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  await change({
    models: [
      { name: 'country', key: 'text', fields: [text('label')] },
      {
        name: 'person',
        key: 'bigint',
        fields: [
          text('name', { required: true }),
          { name: 'country', type: 'reference', to: 'country' },
          { name: 'boss', type: 'reference', to: 'person' },
        ],
      },
      { name: 'tag', fields: [text('label', { unique: true })] },
      {
        name: 'movie',
        fields: [
          text('title'),
          { name: 'director', type: 'reference', to: 'person' },
          { name: 'writer', type: 'reference', to: 'person' },
          { name: 'tags', type: 'references', to: 'tag' },
          { name: 'big', type: 'bigint' },
        ],
      },
    ],
  });
});
afterAll(() => stack.stop());

async function change(body: object) {
  expect((await stack.request('POST', '/v1/main/changes', body)).status).toBe(202);
  await stack.deliverAll();
}

const post = (model: string, body: unknown, headers = {}) =>
  stack.request('POST', `/v1/main/records/${model}`, body, headers);
const get = async (path: string) => (await stack.get(`/v1/main/records/${path}`)).body;
async function counts() {
  const models = ['country', 'person', 'tag', 'movie'];
  return Promise.all(models.map(async (model) => (await get(`${model}?count=exact&limit=1`)).page.total));
}

describe('a record that is created together with others', () => {
  test('refers to them, several deep, whatever their keys are', async () => {
    const made = await post('movie', {
      title: 'Jaws',
      director: {
        name: 'Spielberg',
        country: { id: 'us', label: 'United States' },
        boss: { name: 'Sheinberg' },
      },
      tags: [{ label: 'sea' }, { label: 'fish' }],
    });
    expect(made.body).toMatchObject({ title: 'Jaws', tags: [expect.any(String), expect.any(String)] });
    expect(made.status).toBe(201);
    const read = await get(`movie/${made.body.id}?expand=director.country,director.boss,tags`);
    expect(read).toMatchObject({
      director: {
        name: 'Spielberg',
        country: { id: 'us', label: 'United States' },
        boss: { name: 'Sheinberg' },
      },
      tags: [{ label: 'sea' }, { label: 'fish' }],
    });
    expect(made.body.director).toBe(read.director.id);
    const again = await stack.get(`/v1/main/records/movie/${made.body.id}`);
    expect(made.headers.get('etag')).toBe(again.headers.get('etag'));
  });

  test('is referred to by them, and holds what was there before', async () => {
    const { body: sky } = await post('tag', { label: 'sky' });
    const made = await post('person', {
      name: 'Hitchcock',
      'movie(director)': [
        { title: 'The Birds', tags: [sky.id, { label: 'birds' }], writer: { name: 'Hunter' } },
        { title: 'Psycho' },
      ],
    });
    expect(made.status).toBe(201);
    const read = await get(`person/${made.body.id}?expand=movie(director).tags,movie(director).writer`);
    const byTitle = (a: { title: string }, b: { title: string }) => (a.title < b.title ? 1 : -1);
    expect(read['movie(director)'].toSorted(byTitle)).toMatchObject([
      { title: 'The Birds', tags: [{ label: 'sky' }, { label: 'birds' }], writer: { name: 'Hunter' } },
      { title: 'Psycho', tags: [], writer: null },
    ]);
  });

  test('is one of many, and they come in their order', async () => {
    const made = await post('movie', [
      { title: 'a', director: { name: 'x' } },
      { title: 'b' },
      { title: 'c', director: { name: 'y' } },
    ]);
    expect(made.body.data.map(({ title }: { title: string }) => title)).toEqual(['a', 'b', 'c']);
    expect(made.body.data.map(({ director }: { director: unknown }) => director !== null)).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('is created once where the same request comes again', async () => {
    const body = { title: 'once', director: { name: 'One' } };
    const first = await post('movie', body, { 'Idempotency-Key': 'nested-1' });
    const second = await post('movie', body, { 'Idempotency-Key': 'nested-1' });
    expect(second.body).toEqual(first.body);
    expect((await get('person?filter[name][_eq]=One')).data).toHaveLength(1);
  });

  test.each<[string, object, readonly object[]]>([
    [
      'a value that does not fit',
      { director: { name: 'x', country: { id: 'xx', label: 5 } } },
      [{ path: '/director/country/label', code: 'invalid_value' }],
    ],
    [
      'a field that is missing',
      { director: { boss: {} } },
      [
        { path: '/director/boss/name', code: 'required' },
        { path: '/director/name', code: 'required' },
      ],
    ],
    [
      'a field that there is not',
      { director: { name: 'x', nick: 'y' } },
      [{ path: '/director/nick', code: 'unknown_field' }],
    ],
    [
      'records of no relation',
      { director: { name: 'x' }, parts: [{ n: 1 }] },
      [{ path: '/parts', code: 'unknown_field' }],
    ],
    [
      'records that refer by two fields',
      { director: { name: 'x', movie: [{ title: 'y' }] } },
      [{ path: '/director/movie', code: 'unknown_field' }],
    ],
    [
      'what it stands in',
      { director: { name: 'x', 'movie(writer)': [{ writer: '1' }] } },
      [{ path: '/director/movie(writer)/0/writer', code: 'read_only_field' }],
    ],
    [
      'too deep a nest',
      {
        director: {
          name: '1',
          boss: {
            name: '2',
            boss: { name: '3', boss: { name: '4', boss: { name: '5', boss: { name: '6' } } } },
          },
        },
      },
      [{ code: 'too_many_records' }],
    ],
    [
      'too many',
      { tags: Array.from({ length: 201 }, (_, n) => ({ label: `many ${n}` })) },
      [{ path: '/tags/199', code: 'too_many_records' }],
    ],
    [
      'a list of others that refer by a list',
      { director: { name: 'x' }, tags: [{ label: 'new', 'movie(tags)': [{}] }] },
      [{ path: '/tags/0/movie(tags)', code: 'not_nestable' }],
    ],
    [
      'a key that is none',
      { director: { name: 'x' }, tags: ['no key'] },
      [{ path: '/tags/0', code: 'invalid_value' }],
    ],
  ])('is refused as a whole for %s', async (_, body, errors) => {
    const before = await counts();
    expect(await post('movie', body)).toMatchObject({
      status: 422,
      body: { code: 'validation_failed', errors },
    });
    expect(await counts()).toEqual(before);
  });

  test('is refused as a whole where a rule stands in the way, with the place', async () => {
    await post('tag', { label: 'taken' });
    const before = await counts();
    const clash = await post('movie', {
      director: { name: 'z' },
      tags: [{ label: 'free' }, { label: 'taken' }],
    });
    expect(clash).toMatchObject({
      status: 409,
      body: { code: 'unique_violation', errors: [{ path: '/tags/1/label' }] },
    });
    const nobody = '00000000-0000-7000-8000-000000000000';
    expect(await post('movie', { director: { name: 'z' }, tags: [{ label: 'free' }, nobody] })).toMatchObject(
      {
        status: 409,
        body: { code: 'reference_violation', errors: [{ path: '/tags/1' }] },
      },
    );
    expect(await post('movie', { director: { name: 'z', country: 'nowhere' } })).toMatchObject({
      status: 409,
      body: { code: 'reference_violation', errors: [{ path: '/director/country' }] },
    });
    expect(await counts()).toEqual(before);
  });

  test('is created by what the models are by then', async () => {
    await post('movie', { director: { name: 'before' } });
    await change(operations({ op: 'renameField', model: 'person', from: 'name', to: 'called' }));
    const old = await post('movie', { director: { name: 'after' } });
    expect(old.body.errors).toContainEqual(
      expect.objectContaining({ path: '/director/name', code: 'unknown_field' }),
    );
    expect((await post('movie', { director: { called: 'after' } })).status).toBe(201);
  });
});
