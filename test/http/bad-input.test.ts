import { describe, expect, test } from 'vitest';
import { ACCESS } from '../../src/http/access/access.ts';
import { createApp } from '../../src/http/app.ts';
import { expectProblem } from '../records/problem.ts';
import { bytes, DEEP, unharmedThings } from '../records/things.ts';
import { change, operations } from '../stack/changes.ts';

const NOBODY = '00000000-0000-7000-8000-000000000000';
const field = (more: object) => ({ fields: [{ name: 'a', type: 'text', ...more }] });

const system = unharmedThings();

describe('a definition that cannot be', () => {
  test.each<[string, string, unknown, number, string, string?]>([
    ['an unknown property', 'fresh', field({ colour: 1 }), 422, 'validation_failed', '/fields/0/colour'],
    [
      'a field twice',
      'fresh',
      { fields: [field({}).fields[0], field({}).fields[0]] },
      422,
      'validation_failed',
      '/fields/1/name',
    ],
    [
      'a reserved field name',
      'fresh',
      field({ name: 'created_at' }),
      422,
      'validation_failed',
      '/fields/0/name',
    ],
    [
      'a field name outside the grammar',
      'fresh',
      field({ name: 'a; drop table x' }),
      422,
      'validation_failed',
      '/fields/0/name',
    ],
    ['a model name outside the grammar', 'Fresh', { fields: [] }, 422, 'validation_failed', '/name'],
    ['a model name of 49 characters', 'm'.repeat(49), { fields: [] }, 422, 'validation_failed', '/name'],
    [
      'a field name of 10,000 characters',
      'fresh',
      field({ name: 'f'.repeat(10_000) }),
      422,
      'validation_failed',
      '/fields/0/name',
    ],
    [
      '1,001 fields',
      'fresh',
      { fields: Array.from({ length: 1001 }, (_, n) => ({ name: `f${n}`, type: 'text' })) },
      422,
      'validation_failed',
      '/fields',
    ],
    [
      'a reference to no model',
      'fresh',
      field({ type: 'reference', to: 'nothing' }),
      422,
      'validation_failed',
      '/fields/0/to',
    ],
    [
      'an index over no field of it',
      'fresh',
      { ...field({}), indexes: [{ fields: ['b'] }] },
      422,
      'validation_failed',
      '/indexes/0/fields/0',
    ],
    [
      'a default beyond doubles',
      'fresh',
      '{"fields":[{"name":"a","type":"float","default":1e999999}]}',
      422,
      'validation_failed',
      '/fields/0/default',
    ],
    [
      'a length beyond doubles',
      'fresh',
      '{"fields":[{"name":"a","type":"text","maxLength":1e999999}]}',
      422,
      'validation_failed',
      '/fields/0/maxLength',
    ],
    [
      'a bound beyond 64 bits',
      'fresh',
      field({ type: 'bigint', max: '9223372036854775808' }),
      422,
      'validation_failed',
      '/fields/0/max',
    ],
    ['NUL in a label', 'fresh', { ...field({}), label: 'a\0b' }, 422, 'validation_failed', '/label'],
    [
      'a pattern that Postgres cannot build',
      'fresh',
      field({ pattern: '(?:(?:a{255}){255}){255}' }),
      422,
      'validation_failed',
      '/fields/0/pattern',
    ],
    ['64 KB of nesting', 'fresh', DEEP, 400, 'invalid_json'],
    ['invalid UTF-8', 'fresh', bytes('{"fields":[],"label":"', 0xff, '"}'), 400, 'invalid_json'],
    ['half a JSON', 'fresh', '{"fields":[', 400, 'invalid_json'],
    ['no body', 'fresh', '', 400, 'invalid_json'],
    ['10 MB', 'fresh', { label: 'x'.repeat(10_000_000) }, 413, 'body_too_large'],
  ])('with %s is refused', async (_what, name, body, status, code, path) => {
    expectProblem(await system().edge.request('PUT', `/v1/main/models/${name}`, body), status, code, path);
  });

  test('that is sent as another type than JSON is refused', async () => {
    const answer = await system().edge.request('PUT', '/v1/main/models/fresh', 'name: fresh', {
      'Content-Type': 'text/yaml',
    });
    expectProblem(answer, 415, 'unsupported_media_type');
  });
});

describe('a change that the data do not allow', () => {
  test.each<[string, object, object]>([
    [
      'unique over duplicates',
      { op: 'addUnique', model: 'thing', fields: ['title'] },
      { kind: 'unique', field: 'title', failing: 2, samples: [{ value: 'same' }] },
    ],
    [
      'required over nulls',
      { op: 'alterField', model: 'thing', field: 'size', set: { required: true } },
      { kind: 'required', field: 'size', failing: 1, samples: [{ value: null }] },
    ],
    [
      'a new required field',
      { op: 'addField', model: 'thing', field: { name: 'b', type: 'text', required: true } },
      { kind: 'required', field: 'b', failing: 2 },
    ],
  ])('is refused for %s, with the number of rows and samples of them', async (_what, operation, check) => {
    const answer = await change(system().edge, operations(operation));
    expectProblem(answer, 422, 'preflight_failed');
    expect(answer.body.checks).toMatchObject([check]);
  });

  test('is refused for a pattern that Postgres cannot build', async () => {
    const set = { pattern: '(?:(?:a{255}){255}){255}' };
    const answer = await change(
      system().edge,
      operations({ op: 'alterField', model: 'thing', field: 'title', set }),
    );
    expectProblem(answer, 422, 'validation_failed', '/operations/0/set/pattern');
  });
});

describe('a call without the right token', () => {
  const routes = createApp().routes.filter(
    ({ method, path }) => method !== 'ALL' && ACCESS[`${method} ${path}`]?.kind !== 'open',
  );

  test.each(routes.map(({ method, path }) => [method, path]))(
    'is answered 401 at %s %s',
    async (method, path) => {
      const address = path
        .replace(':ws', 'main')
        .replace(':slug', 'main')
        .replace(':model', 'thing')
        .replace(/:\w+/, NOBODY);
      for (const token of [
        '',
        'Bearer',
        'Bearer wrong',
        'Basic dGVzdA==',
        'Bearer test-root-token-and-more',
      ]) {
        const answer = await system().edge.request(method, address, method === 'GET' ? undefined : {}, {
          Authorization: token,
        });
        expectProblem(answer, 401, 'unauthorized');
        expect(answer.headers.get('WWW-Authenticate')).toContain('Bearer');
      }
    },
  );
});

test.each(['audit?action=%00', 'audit?actor=a%00', 'changes?limit=%00'])(
  'NUL in a parameter of %s is refused',
  async (path) => {
    expectProblem(await system().edge.get(`/v1/main/${path}`), 400, 'invalid_query');
  },
);

test('an address that is no text is that of no model, for a limited key too', async () => {
  const [thing] = (await system().edge.get('/v1/main/models')).body.data;
  const { body } = await system().edge.request('POST', '/v1/main/keys', {
    label: 'limited',
    scopes: ['models:read', 'models:write'],
    models: [thing.name],
  });
  for (const name of ['%zz', '%ff', '%e0%a4%a']) {
    const Authorization = `Bearer ${body.key}`;
    expectProblem(
      await system().edge.get(`/v1/main/models/${name}`, { Authorization }),
      404,
      'unknown_model',
    );
  }
});

describe('the id of a request', () => {
  const idOf = async (path: string, asked?: string) => {
    const { headers } = await system().edge.get(path, asked === undefined ? {} : { 'X-Request-Id': asked });
    return headers.get('X-Request-Id');
  };

  test.each(['/health', '/v1/main/models', '/v1/main/models/missing', '/nowhere'])(
    'is the one that the client chose, also where %s fails',
    async (path) => {
      expect(await idOf(path, 'my-request_1')).toBe('my-request_1');
    },
  );

  test('is another for each request where a client chose none, or one that does not fit into a log', async () => {
    const ids = [
      await idOf('/health'),
      await idOf('/health'),
      await idOf('/health', 'a b'),
      await idOf('/health', 'x'.repeat(65)),
    ];
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[\w-]{36}$/);
  });
});
