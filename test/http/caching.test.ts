import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change, operations } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
let runs = 0;
let ws: string;
beforeAll(async () => {
  system = await startSystem({ isolates: 2, bindings: { GRACE_SECONDS: '0' } });
  await workspace();
});
afterAll(() => system.stop());

/** Movies that have a director and tags. */
async function workspace() {
  runs += 1;
  ws = `ws${runs}`;
  await system.edge.request('POST', '/v1/workspaces', { slug: ws });
  const fields = [
    { name: 'title', type: 'text' },
    { name: 'year', type: 'integer' },
    { name: 'director', type: 'reference', to: 'person', onDelete: 'setNull' },
    { name: 'tags', type: 'references', to: 'tag' },
  ];
  const others = ['person', 'tag'].map((name) => ({ name, key: 'text', fields: [] }));
  await change(system.edge, { models: [...others, { name: 'movie', key: 'text', fields }] }, ws);
  await write('POST', 'person', [{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  await write('POST', 'tag', [{ id: 'sea' }, { id: 'shark' }, { id: 'night' }]);
  await write('POST', 'movie', [
    { id: 'jaws', title: 'Jaws', year: 1975, director: 'a', tags: ['sea', 'shark'] },
    { id: 'deep', title: 'The Deep', year: 1977, director: 'b', tags: ['night'] },
  ]);
}

async function write(method: string, path: string, body?: unknown) {
  const answer = await system.edge.request(method, `/v1/${ws}/records/${path}`, body);
  expect(answer.status).toBeLessThan(300);
}

const publish = (...list: readonly object[]) => change(system.edge, operations(...list), ws);
const addField = (model: string) =>
  publish({ op: 'addField', model, field: { name: `more_${runs}`, type: 'text' } });

const READS = {
  'a list': 'records/movie?sort=title',
  'a list with other records': 'records/movie?expand=director,tags',
  'a record': 'records/movie/jaws',
  'a record with others': 'records/movie/jaws?expand=director,tags',
  groups: 'records/movie/aggregate?group=director&count&max=year&countDistinct=title',
  'a definition': 'models/movie',
  'versions of a definition': 'models/movie/versions',
  'a version of a definition': 'models/movie/versions/1',
  'the JSON Schema of records': 'models/movie/schema.json',
  'the models': 'models',
} as const;

/** Asks the other isolate, as one who has what the first answered at first. */
async function asker(path: string) {
  const at = `/v1/${ws}/${path}`;
  const { status, headers } = await system.edge.get(at);
  expect(status).toBe(200);
  const tag = headers.get('ETag') ?? '';
  return {
    tag,
    again: async () => {
      const answer = await (system.isolates[1] ?? system.edge).get(at, { 'If-None-Match': tag });
      expect(answer.headers.get('Cache-Control')).toBe('private, no-cache');
      expect(answer.headers.get('Vary')).toBe('Authorization');
      expect(answer.headers.get('Model-Hash')).toContain('movie=');
      if (answer.status === 304) expect([answer.body, answer.headers.get('ETag')]).toEqual(['', tag]);
      else expect(answer.headers.get('ETag')).not.toBe(tag);
      return answer.status;
    },
  };
}

describe('whoever asks again', () => {
  test.each(Object.entries(READS))('for %s gets nothing where nothing has changed', async (_what, path) => {
    const { again } = await asker(path);
    expect(await again()).toBe(304);
    await write('POST', 'tag', { id: `t${Math.random()}` });
    expect(await again()).toBe(304);
  });

  const RECORDS = Object.entries(READS).filter(([, path]) => path.startsWith('records'));

  test.each(RECORDS)('for %s gets it after a write', async (_what, path) => {
    const { again } = await asker(path);
    await write('PATCH', 'movie/jaws', {
      title: `Jaws ${Math.random()}`,
      year: 1900 + Math.floor(Math.random() * 1e6),
    });
    expect(await again()).toBe(200);
  });

  test.each(RECORDS)(
    'for %s gets it after another record was deleted, and after SQL',
    async (_what, path) => {
      await write('POST', 'person', { id: 'gone' });
      await write('PATCH', 'movie/jaws', { director: 'gone' });
      const { again } = await asker(path);
      await write('DELETE', 'person/gone');
      expect(await again()).toBe(200);
      const after = await asker(path);
      await system.sql(`update ${ws}_data.movie set year = year + 1, title = title || '!'`);
      expect(await after.again()).toBe(200);
    },
  );

  test.each(RECORDS.filter(([, path]) => !path.includes('aggregate')))(
    'for %s gets it after a record in a list of it was deleted',
    async (_what, path) => {
      await write('POST', 'tag', { id: 'gone' });
      await write('PATCH', 'movie/jaws', { tags: ['gone'] });
      const { again } = await asker(path);
      await write('DELETE', 'tag/gone');
      expect(await again()).toBe(200);
    },
  );

  test.each(Object.entries(READS).filter(([what]) => what !== 'a version of a definition'))(
    'for %s gets it after a publish',
    async (_what, path) => {
      await workspace();
      const { again } = await asker(path);
      expect((await addField('movie')).status).toBe(200);
      expect(await again()).toBe(200);
    },
  );

  test('for what shows other models gets it after a publish of those', async () => {
    await workspace();
    const paths = ['records/movie?expand=director', 'models/movie', 'models/movie/versions/1'];
    const askers = await Promise.all(paths.map(asker));
    await publish({ op: 'renameModel', from: 'person', to: 'human' });
    for (const { again } of askers) expect(await again()).toBe(200);
  });

  test('for a definition gets it where one is published that there was before, under another version', async () => {
    await workspace();
    const first = await asker('models/movie');
    const models = await system.edge.get(`/v1/${ws}/models/movie`);
    expect(first.tag).toBe(`"${models.body.hash}"`);
    await publish({ op: 'alterField', model: 'movie', field: 'title', set: { help: 'other' } });
    await publish({ op: 'alterField', model: 'movie', field: 'title', set: { help: null } });
    const now = await system.edge.get(`/v1/${ws}/models/movie`);
    expect([now.body.hash, now.body.version]).toEqual([models.body.hash, 3]);
    expect(await first.again()).toBe(200);
    const { version: _version, hash: _hash, status: _status, ...definition } = now.body;
    const put = await system.edge.request('PUT', `/v1/${ws}/models/movie`, definition, {
      'If-Match': now.headers.get('ETag') ?? '',
    });
    expect(put.status).toBe(202);
  });
});

describe('what is said of keeping an answer', () => {
  const said = async (method: string, path: string, body?: unknown, headers = {}) => {
    const answer = await system.edge.request(method, path, body, headers);
    return [answer.status, answer.headers.get('Cache-Control')];
  };

  test('is that nothing else is kept: writes, changes, files, problems, what is not there', async () => {
    const of = (path: string) => `/v1/${ws}/${path}`;
    expect(await said('POST', of('records/tag'), { id: 'new' })).toEqual([201, 'no-store']);
    expect(await said('PATCH', of('records/movie/jaws'), { year: 1 })).toEqual([200, 'no-store']);
    expect(await said('GET', of('changes'))).toEqual([200, 'no-store']);
    expect(await said('GET', of('records/movie/export'))).toEqual([200, 'no-store']);
    expect(await said('GET', of('records/movie/nothing'))).toEqual([404, 'no-store']);
    expect(await said('GET', of('records/movie?limit=x'))).toEqual([400, 'no-store']);
    expect(await said('GET', of('models/movie'), undefined, { Authorization: 'Bearer x' })).toEqual([
      401,
      'no-store',
    ]);
    expect(await said('GET', '/nowhere')).toEqual([404, 'no-store']);
    expect(await said('GET', '/health')).toEqual([200, 'no-store']);
  });
});
