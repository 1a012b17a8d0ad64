import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;
const ids = new Map<string, string>();

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  const name = { name: 'name', type: 'text', required: true };
  await change({
    models: [
      {
        name: 'person',
        fields: [name, { name: 'born', type: 'integer' }, { name: 'boss', type: 'reference', to: 'person' }],
      },
      { name: 'tag', key: 'text', fields: [{ name: 'label', type: 'text' }] },
      {
        name: 'movie',
        fields: [
          name,
          { name: 'director', type: 'reference', to: 'person' },
          { name: 'cast', type: 'references', to: 'person' },
          { name: 'tags', type: 'references', to: 'tag' },
        ],
      },
      {
        name: 'review',
        fields: [
          { name: 'stars', type: 'integer' },
          { name: 'of', type: 'reference', to: 'movie' },
        ],
      },
    ],
  });
  const id = (of: string | null) => (of === null ? null : ids.get(of));
  for (const [who, born, boss] of [
    ['Ada', 1950, null],
    ['Bob', 1960, 'Ada'],
    ['Cy', null, 'Bob'],
  ] as const) {
    await create('person', { name: who, born, boss: id(boss) });
  }
  for (const label of ['old', 'new']) await create('tag', { id: label, label });
  for (const [movie, director, cast, tags] of [
    ['Alpha', 'Ada', ['Cy', 'Bob'], ['old']],
    ['Beta', 'Bob', ['Ada'], ['new', 'old']],
    ['Gamma', 'Cy', [], []],
    ['Delta', null, ['Bob', 'Ada', 'Cy'], ['new']],
  ] as const) {
    await create('movie', { name: movie, director: id(director), cast: cast.map(id), tags });
  }
  for (const [stars, of] of [
    [5, 'Alpha'],
    [1, 'Alpha'],
    [3, 'Beta'],
  ] as const) {
    await create('review', { stars, of: id(of) });
  }
});
afterAll(() => stack.stop());

async function change(body: object) {
  expect((await stack.request('POST', '/v1/main/changes', body)).status).toBe(202);
  await stack.deliverAll();
}

async function create(model: string, record: object) {
  const { status, body } = await stack.request('POST', `/v1/main/records/${model}`, record);
  expect(body.errors ?? status).toBe(201);
  if (body.name) ids.set(body.name, body.id);
}

const list = (model: string, query: string) => stack.get(`/v1/main/records/${model}?${query}`);

async function names(model: string, query: string): Promise<readonly string[]> {
  const { body } = await list(model, query);
  if (!body.data) throw new Error(JSON.stringify(body));
  return body.data.map((record: { readonly name: string }) => record.name);
}

describe('a filter along a path', () => {
  test.each<[string, string, string, readonly string[]]>([
    ['a reference', 'movie', 'filter[director.name][_eq]=Ada', ['Alpha']],
    ['a reference, nested', 'movie', 'filter[director][name][_in]=Ada,Cy', ['Alpha', 'Gamma']],
    ['as one JSON object', 'movie', 'filter={"director":{"boss":{"name":{"_eq":"Ada"}}}}', ['Beta']],
    ['two references', 'movie', 'filter[director.boss.born][_lt]=1955', ['Beta']],
    ['no record there', 'movie', 'filter[director.name][_null]=true', ['Delta']],
    ['none, or another', 'movie', 'filter[director.name][_ne]=Ada', ['Beta', 'Delta', 'Gamma']],
    ['the opposite', 'movie', 'filter[_not][director.name][_eq]=Ada', ['Beta', 'Delta', 'Gamma']],
    ['a null at the end', 'movie', 'filter[director.born][_null]=true', ['Delta', 'Gamma']],
    ['some of a list', 'movie', 'filter[cast.name][_eq]=Ada', ['Beta', 'Delta']],
    [
      'some of a list, by a reference of theirs',
      'movie',
      'filter[cast.boss.name][_eq]=Ada',
      ['Alpha', 'Delta'],
    ],
    ['none of a list', 'movie', 'filter[_not][cast.name][_eq]=Ada', ['Alpha', 'Gamma']],
    [
      'the same record of a list',
      'movie',
      'filter[cast][name][_eq]=Bob&filter[cast][born][_gt]=1955',
      ['Alpha', 'Delta'],
    ],
    ['a text key', 'movie', 'filter[tags.label][_eq]=new', ['Beta', 'Delta']],
    ['back along a reference', 'person', 'filter[movie(director).name][_eq]=Beta', ['Bob']],
    ['back along a list', 'person', 'filter[movie(cast).name][_in]=Alpha,Gamma', ['Bob', 'Cy']],
    ['back along the only reference', 'movie', 'filter[review.stars][_gte]=3', ['Alpha', 'Beta']],
    ['back to its own model', 'person', 'filter[person.name][_eq]=Cy', ['Bob']],
    ['back and forth', 'person', 'filter[movie(director).tags.label][_eq]=old&sort=name', ['Ada', 'Bob']],
    [
      'either way',
      'movie',
      'filter[_or][0][director.name][_eq]=Cy&filter[_or][1][review.stars][_eq]=1',
      ['Alpha', 'Gamma'],
    ],
  ])('finds by %s', async (_what, model, query, expected) => {
    expect([...(await names(model, query))].sort()).toEqual(expected);
  });

  test.each<[string, string, string]>([
    ['director.nick', 'movie', 'person has no field nick'],
    ['name.x', 'movie', 'movie has no field name'],
    ['nobody.name', 'movie', 'movie has no field nobody'],
    [
      'movie.name',
      'person',
      'movie refers to person by several fields: write movie(director) or movie(cast)',
    ],
    ['movie(tags).name', 'person', 'person has no field movie(tags)'],
    ['boss.boss.boss.boss.boss.boss.name', 'person', 'a path follows at most 5 references'],
  ])('is refused for %s', async (path, model, message) => {
    const { status, body } = await list(model, `filter[${path}][_eq]=1`);
    expect(status).toBe(400);
    expect(body.errors[0].message).toBe(message);
  });
});

describe('expand and select', () => {
  const only = async (model: string, name: string, query: string) =>
    (await list(model, `filter[name][_eq]=${name}&${query}`)).body.data[0];

  test('put records in the place of ids, as deep as asked, in the order of their list', async () => {
    const beta = await only('movie', 'Beta', 'expand=director.boss,tags');
    expect(beta).toMatchObject({
      name: 'Beta',
      director: { name: 'Bob', born: 1960, boss: { name: 'Ada', boss: null, id: ids.get('Ada') } },
      cast: [ids.get('Ada')],
      tags: [
        { id: 'new', label: 'new' },
        { id: 'old', label: 'old' },
      ],
    });
    expect(beta.director).toHaveProperty('created_at');
    const delta = await only('movie', 'Delta', 'expand=director,cast');
    expect(delta.director).toBeNull();
    expect(delta.cast.map(({ name }: { name: string }) => name)).toEqual(['Bob', 'Ada', 'Cy']);
    expect((await only('movie', 'Gamma', 'expand=cast')).cast).toEqual([]);
  });

  test('answer what was chosen, of other records too', async () => {
    expect(await only('movie', 'Beta', 'select=name,director.name,tags.label')).toEqual({
      name: 'Beta',
      director: { name: 'Bob' },
      tags: [{ label: 'new' }, { label: 'old' }],
    });
    expect(await only('movie', 'Beta', 'select=name,director')).toEqual({
      name: 'Beta',
      director: ids.get('Bob'),
    });
    expect(await only('movie', 'Beta', 'select=name&expand=director.boss')).toMatchObject({
      name: 'Beta',
      director: { name: 'Bob', boss: { name: 'Ada' } },
    });
  });

  test('answer one record by its id in the same ways, with a tag for what was selected', async () => {
    const id = (await only('movie', 'Beta', 'select=id')).id;
    const path = `/v1/main/records/movie/${id}?select=name,director.name`;
    const { headers, body } = await stack.get(path);
    expect(body).toEqual({ name: 'Beta', director: { name: 'Bob' } });
    const etag = headers.get('etag') ?? '';
    expect((await stack.get(path, { 'If-None-Match': etag })).status).toBe(304);
    const bob = `/v1/main/records/person/${ids.get('Bob')}`;
    await stack.request('PATCH', bob, { name: 'Bert' });
    expect(await stack.get(path, { 'If-None-Match': etag })).toMatchObject({
      status: 200,
      body: { director: { name: 'Bert' } },
    });
    await stack.request('PATCH', bob, { name: 'Bob' });
    const refused = await stack.get(`/v1/main/records/movie/${id}?expand=nothing&sort=name`);
    expect(refused.body.errors.map(({ path: at }: { path: string }) => at)).toEqual(['expand', 'sort']);
  });

  test('go back to the records that refer to one', async () => {
    const alpha = await only('movie', 'Alpha', 'select=name,review.stars');
    expect(alpha.review.map(({ stars }: { stars: number }) => stars).sort()).toEqual([1, 5]);
    const bob = await only('person', 'Bob', 'select=name,movie(cast).name&expand=movie(director)');
    expect(bob['movie(cast)']).toEqual([{ name: 'Alpha' }, { name: 'Delta' }]);
    expect(bob['movie(director)']).toMatchObject([{ name: 'Beta', director: ids.get('Bob') }]);
  });

  test.each([
    ['expand=name', 'not_expandable'],
    ['expand=nothing', 'unknown_field'],
    ['select=director.nick', 'unknown_field'],
    ['expand=director.boss.boss.boss.boss.boss', 'path_too_long'],
  ])('refuse %s', async (query, code) => {
    const { status, body } = await list('movie', query);
    expect({ status, code: body.errors?.[0]?.code }).toEqual({ status: 400, code });
  });

  test('answer by one statement and one head command, however many models take part', async () => {
    const query = 'expand=director.boss,tags,review&sort=director.name&filter[cast.name][_ne]=x';
    await list('movie', query);
    stack.parts.traffic.clear();
    const { headers } = await list('movie', query);
    expect(stack.parts.traffic.statements).toHaveLength(1);
    expect(
      stack.parts.traffic.commands.map(([command, , ...heads]) => [command?.toUpperCase(), heads.length]),
      // The models and the workspace.
    ).toEqual([['HMGET', 5]]);
    expect(
      headers
        .get('model-hash')
        ?.split(', ')
        .map((part) => part.split('=')[0])
        .sort(),
    ).toEqual(['movie', 'person', 'review', 'tag']);
  });
});

describe('an order along a path', () => {
  test.each([
    ['director.name', ['Alpha', 'Beta', 'Gamma', 'Delta']],
    ['-director.name', ['Delta', 'Gamma', 'Beta', 'Alpha']],
    ['director.name:nullsFirst', ['Delta', 'Alpha', 'Beta', 'Gamma']],
    ['-director.name:nullsLast', ['Gamma', 'Beta', 'Alpha', 'Delta']],
    ['director.boss.born:nullsFirst,name', ['Alpha', 'Delta', 'Beta', 'Gamma']],
    ['-director.born:nullsLast,-name', ['Beta', 'Alpha', 'Gamma', 'Delta']],
  ])('%s, page by page', async (sort, expected) => {
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await list('movie', `sort=${sort}&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      found.push(...body.data.map(({ name }: { name: string }) => name));
      cursor = body.page.next;
    }
    expect(found).toEqual(expected);
  });

  test.each([
    ['cast.name', 'not_sortable'],
    ['director.nick', 'unknown_field'],
    ['director:up', 'invalid_value'],
    ['director.boss.boss.boss.boss.boss.name', 'path_too_long'],
  ])('is refused for %s', async (sort, code) => {
    const { status, body } = await list('movie', `sort=${sort}`);
    expect({ status, code: body.errors?.[0]?.code }).toEqual({ status: 400, code });
  });
});

test('a path goes on while what it leads to is renamed, changes its type, and its key', async () => {
  const query = 'filter[director.name][_eq]=Bob&expand=director&sort=director.name';
  const beta = async (by = query) => (await list('movie', by)).body.data?.[0];
  const before = await beta();
  await change(operations({ op: 'renameModel', from: 'person', to: 'human' }));
  expect(await beta()).toEqual(before);
  await change(operations({ op: 'renameField', model: 'human', from: 'name', to: 'called' }));
  expect((await list('movie', query)).body.errors[0].message).toContain('human has no field name');
  const renamed = query.replaceAll('director.name', 'director.called');
  expect(await beta(renamed)).toMatchObject({ director: { called: 'Bob', born: 1960 } });
  await change(operations({ op: 'alterField', model: 'human', field: 'born', set: { type: 'text' } }));
  expect(await beta(renamed)).toMatchObject({ director: { called: 'Bob', born: '1960' } });
  await change(operations({ op: 'changeKey', model: 'human', key: 'text' }));
  expect(await beta(renamed)).toMatchObject({ director: { called: 'Bob', id: ids.get('Bob') } });
});
