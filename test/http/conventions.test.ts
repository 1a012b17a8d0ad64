import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectProblem } from '../records/problem.ts';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';

let system: InProcess;
let runs = 0;
/** A model of two fields, as it is published now, and as it was before. */
let movie: string;
let hash: string;
let before: string;
const OLD = (name = movie) => ({ 'Model-Hash': `${name}=${before}` });

beforeAll(async () => {
  system = await InProcess.start();
});
afterAll(() => system.stop());

async function makeMovie() {
  runs += 1;
  movie = `movie${runs}`;
  const fields = [{ name: 'title', type: 'text' }];
  before = await publish({ fields });
  hash = await publish({ fields: [...fields, { name: 'year', type: 'text' }] });
}

const at = (path = '') => `/v1/main/models/${movie}${path}`;
const addField = (name: string) =>
  operations({ op: 'addField', model: movie, field: { name, type: 'text' } });
const fieldsNow = async () =>
  (await system.get(at())).body.fields.map((field: { name: string }) => field.name);

async function publish(definition: object): Promise<string> {
  expect((await system.request('PUT', at(), definition)).status).toBe(202);
  await system.deliverAll();
  return (await system.get(at())).body.hash;
}

describe('a request that says by Model-Hash which definition it was made for', () => {
  beforeEach(makeMovie);

  test.each([
    ['the definition', 'GET', ''],
    ['its JSON Schema', 'GET', '/schema.json'],
    ['its versions', 'GET', '/versions'],
    ['one of them', 'GET', '/versions/1'],
    ['its end', 'DELETE', ''],
  ])('is refused where the model is another one by now: %s', async (_, method, path) => {
    const answer = await system.request(method, at(path), undefined, OLD());
    expectProblem(answer, 412, 'stale_definition');
    expect(answer.body.current).toBe(hash);
    expect(answer.headers.get('Model-Hash')).toBe(`${movie}=${hash}`);
    const same = await system.request(method, at(path), undefined, { 'Model-Hash': `${movie}=${hash}` });
    expect(same.status).toBe(method === 'GET' ? 200 : 202);
    await system.deliverAll();
  });

  test.each(['models', 'openapi.json', 'types.ts', 'definitions.json'])(
    'is refused of all models: %s',
    async (path) => {
      expectProblem(await system.get(`/v1/main/${path}`, OLD()), 412, 'stale_definition');
    },
  );

  test('changes nothing where the model is another one by now', async () => {
    for (const [method, path, body] of [
      ['PUT', at(), { fields: [] }],
      ['PUT', at(), { fields: [{ name: 'title', type: 'text' }] }],
      ['POST', '/v1/main/changes', addField('more')],
      ['POST', '/v1/main/changes', { models: [{ name: movie, fields: [] }] }],
      ['POST', '/v1/main/plans', addField('more')],
      ['POST', at('/rollback'), { to: 1 }],
    ] as const) {
      expectProblem(await system.request(method, path, body, OLD()), 412, 'stale_definition');
    }
    await system.deliverAll();
    expect(await fieldsNow()).toEqual(['title', 'year']);
  });

  test('changes nothing where the model has become another one when its turn comes', async () => {
    const first = await system.request('POST', '/v1/main/changes', addField('more'));
    const next = (await system.request('POST', '/v1/main/plans', addField('last'))).body.base[movie];
    const wanted = { 'Model-Hash': `${movie}=${next}` };
    const second = await system.request('POST', '/v1/main/changes', addField('last'), wanted);
    await system.request('POST', `${first.headers.get('Location')}/cancel`);
    await system.deliverAll();
    const ended = await system.get(second.headers.get('Location') ?? '');
    expect(ended.body).toMatchObject({ status: 'failed', error: { code: 'stale_definition' } });
    expect(await fieldsNow()).toEqual(['title', 'year']);
  });

  test('is answered where the model that it names takes no part, or is the same', async () => {
    const other = await system.request('PUT', '/v1/main/models/other', { fields: [] }, OLD());
    expect(other.status).toBe(202);
    const same = { 'Model-Hash': `other=00, ${movie}=${hash}` };
    expect((await system.request('POST', '/v1/main/changes', addField('more'), same)).status).toBe(202);
    await system.deliverAll();
    expect(await fieldsNow()).toContain('more');
  });
});

test('answers about a change or a plan name the definitions that they start from, or have made', async () => {
  await makeMovie();
  const start = `${movie}=${hash}`;
  const plan = await system.request('POST', '/v1/main/plans', addField('more'));
  expect(plan.headers.get('Model-Hash')).toBe(start);
  const nothing = await system.request('PUT', at(), (await system.get(at())).body);
  expect(nothing.headers.get('Model-Hash')).toBe(start);
  const change = await system.request('POST', '/v1/main/changes', addField('more'));
  expect(change.headers.get('Model-Hash')).toBe(start);
  const refused = await system.request('PUT', at(), { fields: [] }, { 'If-None-Match': '*' });
  expect(refused.status).toBe(412);
  await system.deliverAll();
  const done = await system.get(change.headers.get('Location') ?? '');
  expect(done.headers.get('Model-Hash')).toBe(`${movie}=${done.body.plan.result[movie]}`);
});

test.each([
  ['wait', 'wait=30'],
  ['respond-async, wait', 'wait=30'],
  ['wait; foo, return=minimal', 'wait=30'],
  ['wait=99', 'wait=30'],
  ['wait=0', 'wait=0'],
  ['waits, await', null],
  ['wait=soon', null],
])('Prefer: %s is taken for %s', async (prefer, applied) => {
  if (runs === 0) await makeMovie();
  const { body } = await system.get(at());
  const sent = system.request('PUT', at(), body, { Prefer: prefer });
  // A change that does nothing is published by the message that follows it.
  const delivered = (async () => {
    while (system.nudges.length === 0) await new Promise(setImmediate);
    await system.deliverAll();
  })();
  const [answer] = await Promise.all([sent, delivered]);
  expect(answer.headers.get('Preference-Applied')).toBe(applied);
});

describe('an address that is there', () => {
  test.each([
    ['POST', '/v1/main/models', 'GET, HEAD'],
    ['PATCH', '/v1/main/models/x', 'GET, HEAD, PUT, DELETE'],
    ['GET', '/v1/main/plans', 'POST'],
    ['OPTIONS', '/v1/main/records/x', 'GET, HEAD, POST, PATCH, DELETE'],
    ['POST', '/v1/main/records/x/1', 'GET, HEAD, PATCH, PUT, DELETE'],
    ['PUT', '/v1/workspaces', 'GET, HEAD, POST'],
    ['DELETE', '/v1/main/openapi.json', 'GET, HEAD'],
    ['GET', '/v1/main/webhooks/definitions', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
  ])('takes no %s %s, and says what it takes', async (method, path, allow) => {
    const answer = await system.request(method, path);
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('Allow')).toBe(allow);
  });

  test.each(['/', '/v1', '/v1/main', '/v1/main/nothing', '/v1/main/models/', '/v1/main/openapiXjson'])(
    'is not %s',
    async (path) => {
      const answer = await system.get(path);
      expectProblem(answer, 404, 'route_not_found');
      expect(answer.headers.get('Allow')).toBeNull();
    },
  );

  test('is told to nobody without a token', async () => {
    const answer = await system.request('PUT', '/v1/main/plans', undefined, { Authorization: '' });
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.headers.get('Allow')).toBeNull();
  });
});

describe('what is wrong with a change is named by its place in the body as it was written', () => {
  beforeAll(makeMovie);
  const bad = { fields: [{ name: 'a', type: 'nope' }] };
  test.each([
    [{ model: 'fresh', ...bad }, '/fields/0/type'],
    [{ model: { name: 'fresh', ...bad } }, '/model/fields/0/type'],
    [{ definition: { name: 'fresh', ...bad } }, '/definition/fields/0/type'],
    [{ model: 'fresh', definition: bad }, '/definition/fields/0/type'],
    [{ model: 'Fresh', fields: [] }, '/model'],
    [{ model: 'Fresh', definition: { fields: [] } }, '/model'],
    [{ name: 'Fresh', fields: [] }, '/name'],
    [{ model: 'fresh', fields: [{ name: 'a', type: 'reference', to: 'nobody' }] }, '/fields/0/to'],
  ])('%j', async (members, place) => {
    for (const path of ['plans', 'changes']) {
      const answer = await system.request(
        'POST',
        `/v1/main/${path}`,
        operations({ op: 'createModel', ...members }),
      );
      expectProblem(answer, 422, 'validation_failed', `/operations/0${place}`);
    }
  });

  test('a version that is none, in the detail as well', async () => {
    const answer = await system.request('POST', at('/rollback'), { to: 'first' });
    expectProblem(answer, 422, 'validation_failed', '/to');
    expect(answer.body.detail).toMatch(/^\/to: /);
  });

  test('a model that is there already', async () => {
    const body = operations({ op: 'createModel', model: movie, fields: [] });
    expectProblem(
      await system.request('POST', '/v1/main/changes', body),
      409,
      'model_exists',
      '/operations/0/model',
    );
  });

  test('a model that is declared twice', async () => {
    const { id } = (await system.get(at())).body;
    for (const second of [
      { name: movie, fields: [] },
      { id, name: 'other_name', fields: [] },
    ]) {
      const body = { models: [{ name: movie, fields: [{ name: 'a', type: 'text' }] }, second] };
      const answer = await system.request('POST', '/v1/main/plans', body);
      expectProblem(answer, 422, 'validation_failed', '/models/1/name');
    }
    const fresh = { name: 'fresh', fields: [] };
    const twice = await system.request('POST', '/v1/main/plans', { models: [fresh, fresh] });
    expectProblem(twice, 422, 'validation_failed', '/models/1/name');
  });

  test('a value that takes the place of what does not convert, and does not fit itself', async () => {
    const year = (more: object) => ({
      ...operations({ op: 'alterField', model: movie, field: 'year', set: { type: 'integer', max: 10 } }),
      conversions: { [`${movie}.year`]: more },
    });
    for (const [more, place] of [
      [{ onError: { default: 'then' } }, 'onError/default'],
      [{ onError: { default: 11 } }, 'onError/default'],
      [{ map: { '?': 'then' } }, 'map/?'],
    ] as const) {
      const answer = await system.request('POST', '/v1/main/plans', year(more));
      expectProblem(answer, 422, 'validation_failed', `/conversions/${movie}.year/${place}`);
    }
  });
});

test('a model that is on its way is not said to be missing', async () => {
  const path = '/v1/main/models/coming';
  expect((await system.request('PUT', path, { fields: [] })).status).toBe(202);
  for (const [method, at, body] of [
    ['GET', path],
    ['GET', `${path}/versions/1`],
    ['GET', `${path}/schema.json`],
    ['DELETE', path],
    ['POST', `${path}/rollback`, { to: 1 }],
    ['GET', '/v1/main/records/coming'],
    ['POST', '/v1/main/records/coming', {}],
  ] as const) {
    const answer = await system.request(method, at, body);
    expectProblem(answer, 503, 'model_pending');
    expect(answer.headers.get('Retry-After')).toBe('1');
  }
  await system.deliverAll();
});

test('records that are created together are listed in their order', async () => {
  await makeMovie();
  const titles = Array.from({ length: 300 }, (_, n) => ({ title: `${n}` }));
  const path = `/v1/main/records/${movie}`;
  expect((await system.request('POST', path, titles)).status).toBe(201);
  const listed = await system.get(`${path}?limit=1000&select=title`);
  expect(listed.body.data).toEqual(titles);
});
