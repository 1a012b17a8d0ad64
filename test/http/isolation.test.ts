import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrafficEntry } from '../../local/traffic.ts';
import { SCOPES } from '../../src/catalog/key-state.ts';
import { ACCESS, type KeyAccess } from '../../src/http/access/access.ts';
import { createApp } from '../../src/http/app.ts';
import type { Answer } from '../stack/answer.ts';
import { hasSql } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';

/** Every route that a key may come to, whatever part of the system it is of. */
const ROUTES = createApp().routes.flatMap(({ method, path }) => {
  const access = ACCESS[`${method} ${path}`];
  return method !== 'ALL' && access?.kind === 'key' ? [{ method, path, access }] : [];
});

/** What a workspace holds, by the places in addresses where it is named. */
type Names = Readonly<Record<string, string>>;

/** The places of names in addresses: a route with another place fails until it is listed here. */
const PLACES = [
  'models/:model',
  'versions/:version',
  'changes/:id',
  'trash/:id',
  'tables/:table',
  'records/:model',
  'records/:model/:id',
  'keys/:id',
  'subscribers/:id',
  'deliveries/:delivery',
] as const;

/** What nobody has, in the same places. */
const NOTHING: Names = {
  'models/:model': 'nobody_has_it',
  'versions/:version': '1',
  'changes/:id': randomUUID(),
  'trash/:id': randomUUID(),
  'tables/:table': 'beta_data.nobody_has_it',
  'records/:model': 'nobody_has_it',
  // The model is one that both have.
  'records/:model/:id': randomUUID(),
  'keys/:id': randomUUID(),
  'subscribers/:id': randomUUID(),
  'deliveries/:delivery': randomUUID(),
};

const MOVIE: Names = { 'records/:model': 'movie' };

/** Requests whose bodies name something too. */
const BODIES: Readonly<Record<string, (names: Names) => object>> = {
  'POST /v1/:ws/plans': dropModel,
  'POST /v1/:ws/changes': dropModel,
  'POST /v1/:ws/adopt': (names) => ({ table: names['tables/:table'] }),
  'POST /v1/:ws/keys': (names) => ({
    label: 'x',
    scopes: ['records:read'],
    models: [names['models/:model']],
  }),
};

function dropModel(names: Names): object {
  return { operations: [{ op: 'dropModel', model: names['models/:model'] }] };
}

let system: InProcess;
let beta: Names;
const keys: Record<string, string> = {};

beforeAll(async () => {
  system = await InProcess.start({ GRACE_SECONDS: '0', WEBHOOK_ALLOW_LOOPBACK: 'true' });
  for (const slug of ['alpha', 'beta']) {
    await system.request('POST', '/v1/workspaces', { slug });
    const fields = ['title', 'note'].map((name) => ({ name, type: 'text' }));
    await change(slug, { models: [{ name: 'movie', fields }] });
    keys[slug] = await makeKey(slug, SCOPES);
  }
  beta = await fill('beta');
  // The isolate has the class of both, and met both keys.
  for (const slug of ['alpha', 'beta'])
    await ask('GET /v1/:ws/records/:model', slug, MOVIE, keys[slug] ?? '');
});
afterAll(() => system.stop());

async function change(slug: string, body: object): Promise<string> {
  const plan = await system.request('POST', `/v1/${slug}/plans`, body);
  const sent = await system.request('POST', `/v1/${slug}/changes`, { ...body, confirm: plan.body.hash });
  expect(sent.status).toBe(202);
  await system.deliverAll();
  return sent.body.id;
}

async function makeKey(slug: string, scopes: readonly string[]): Promise<string> {
  return (await system.request('POST', `/v1/${slug}/keys`, { label: 'all', scopes })).body.key;
}

/** Something in every place. */
async function fill(slug: string): Promise<Names> {
  const hook = { url: 'http://127.0.0.1:1/', events: ['change.published'] };
  const subscriber = await system.request('POST', `/v1/${slug}/webhooks/subscribers`, hook);
  const changeId = await change(slug, { models: [{ name: 'secret', fields: [] }] });
  await change(slug, { operations: [{ op: 'dropField', model: 'movie', field: 'note' }] });
  const record = await system.request('POST', `/v1/${slug}/records/movie`, { title: 'theirs' });
  const key = await system.request('POST', `/v1/${slug}/keys`, { label: 'other', scopes: ['models:read'] });
  const trash = await system.get(`/v1/${slug}/trash`);
  await system.deliverErrand({ subscriber: subscriber.body.id });
  const sent = await system.get(`/v1/${slug}/webhooks/subscribers/${subscriber.body.id}/deliveries`);
  return {
    'models/:model': 'secret',
    'versions/:version': '1',
    'changes/:id': changeId,
    'trash/:id': trash.body.data[0].id,
    'tables/:table': `${slug}_data.secret`,
    'records/:model': 'secret',
    'records/:model/:id': record.body.id,
    'keys/:id': key.body.id,
    'subscribers/:id': subscriber.body.id,
    'deliveries/:delivery': sent.body.data[0].id,
  };
}

/** The address of a route in a workspace, with names in its places. */
function addressOf(path: string, slug: string, names: Names): string {
  const places: string[] = [];
  const address = path.replace(/([^/]+)\/:(\w+)(?=\/|$)/g, (_, before: string, param: string) => {
    if (param === 'ws') return `${before}/${slug}`;
    const place = `${before}/:${param}`;
    places.push(place);
    return `${before}/${nameAt(place, names)}`;
  });
  // The id of a record stands right behind the name of its model.
  return address.replace(/^(.*\/records\/)[^/]+\/:id$/, (_, start: string) => {
    return `${start}movie/${nameAt('records/:model/:id', names)}`;
  });
}

function nameAt(place: string, names: Names): string {
  const name = PLACES.some((known) => known === place) ? names[place] : undefined;
  if (name === undefined) throw new Error(`say in this file what ${place} names, in beta and nowhere`);
  return name;
}

async function ask(route: string, slug: string, names: Names, key: string): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const body = method === 'GET' ? undefined : (BODIES[route]?.(names) ?? {});
  return system.request(method, addressOf(path, slug, names), body, { Authorization: `Bearer ${key}` });
}

/** What was answered and asked, without the names of what was asked for, and what differs each time. */
async function outcomeOf(route: string, slug: string, names: Names, key: string) {
  system.parts.traffic.clear();
  const { status, body, headers } = await ask(route, slug, names, key);
  const { entries } = system.parts.traffic;
  // A version is a number, and the same in both.
  const { 'versions/:version': _version, ...told } = names;
  const longestFirst = Object.values(told).sort((a, b) => b.length - a.length);
  const text = longestFirst.reduce(
    (shown, name) => shown.replaceAll(name, '…'),
    JSON.stringify({ body, etag: headers.get('ETag'), hash: headers.get('Model-Hash') }),
  );
  const isOfUse = (entry: TrafficEntry) => hasSql(entry, 'set last_used_at');
  return {
    status,
    answer: text
      .replace(new RegExp(`\\b${slug}\\b`, 'g'), 'ws')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)(-[0-9a-f]{8})?/g, 'now')
      .replace(/"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"/g, '"id"'),
    asked: entries
      .filter((entry) => !isOfUse(entry))
      .map((entry) => entry.proxy)
      .sort(),
  };
}

const named = ROUTES.map(({ method, path, access }) => [`${method} ${path}`, access] as const);

describe('a key of one workspace', () => {
  test.each(named)('at %s of another is told, and costs, what it would be and do at none', async (route) => {
    const there = await outcomeOf(route, 'beta', beta, keys['alpha'] ?? '');
    expect(there).toEqual(await outcomeOf(route, 'ghost', beta, keys['alpha'] ?? ''));
    expect(there.status).toBe(401);
  });

  test.each(named)('at %s of its own finds nothing that is of another', async (route) => {
    if (addressOf(route, 'alpha', beta) === addressOf(route, 'alpha', NOTHING) && !BODIES[route]) return;
    const theirs = await outcomeOf(route, 'alpha', beta, keys['alpha'] ?? '');
    expect(theirs).toEqual(await outcomeOf(route, 'alpha', NOTHING, keys['alpha'] ?? ''));
  });

  test.each(named)(
    'without the scope of %s is told that, whatever it asks for',
    async (route, access: KeyAccess) => {
      const key = await makeKey(
        'alpha',
        SCOPES.filter((scope) => scope !== access.scope),
      );
      const theirs = await outcomeOf(route, 'alpha', beta, key);
      expect(theirs.status).toBe(403);
      expect(await outcomeOf(route, 'alpha', NOTHING, key)).toEqual(
        // The first request of a key costs a look at it.
        await outcomeOf(route, 'alpha', beta, key),
      );
    },
  );

  test('leads to no statement that touches the schemas of another', async () => {
    const touched: string[] = [];
    const isBetas = (text: string) => /\bbeta(_data|_trash)?\b/.test(text);
    for (const [route] of named) {
      for (const [slug, key] of [
        ['beta', keys['alpha']],
        ['alpha', keys['alpha']],
      ] as const) {
        system.parts.traffic.clear();
        await ask(route, slug, beta, key ?? '');
        touched.push(...system.parts.traffic.statements.filter(isBetas));
      }
    }
    expect(touched).toEqual([]);
    system.parts.traffic.clear();
    await ask('GET /v1/:ws/records/:model/:id', 'beta', beta, keys['beta'] ?? '');
    expect(system.parts.traffic.statements.filter(isBetas)).toHaveLength(1);
  });
});

describe('a workspace in the trash', () => {
  let gamma: Names;
  let key: string;
  beforeAll(async () => {
    await system.request('POST', '/v1/workspaces', { slug: 'gamma' });
    const fields = ['title', 'note'].map((name) => ({ name, type: 'text' }));
    await change('gamma', { models: [{ name: 'movie', fields }] });
    gamma = await fill('gamma');
    key = await makeKey('gamma', SCOPES);
    // Warm: the isolate has the class, and met the key.
    for (const token of [key, 'test-root-token']) {
      const read = await ask('GET /v1/:ws/records/:model/:id', 'gamma', gamma, token);
      expect(read.body.title).toBe('theirs');
    }
    expect((await system.request('DELETE', '/v1/workspaces/gamma')).status).toBe(204);
  });

  test.each(named)('answers at %s as one that never was, to its own keys and to root', async (route) => {
    for (const token of [key, 'test-root-token']) {
      const { status, answer } = await outcomeOf(route, 'gamma', gamma, token);
      const none = await outcomeOf(route, 'ghost', gamma, token);
      expect([status, answer]).toEqual([none.status, none.answer]);
      if (token === key) expect(status).toBe(401);
      else expect(Math.floor(status / 100)).toBe(4);
    }
  });

  test('is listed there, and comes back with all that it held', async () => {
    expect((await system.get('/v1/workspaces/gamma')).body.code).toBe('unknown_workspace');
    const listed = await system.get('/v1/workspaces?trashed=true');
    expect(listed.body.data).toMatchObject([{ slug: 'gamma', trashedAt: expect.any(String) }]);
    const taken = await system.request('POST', '/v1/workspaces', { slug: 'gamma' });
    expect(taken.body.code).toBe('workspace_exists');
    const restored = await system.request('POST', '/v1/workspaces/gamma/restore');
    expect(restored.body).toMatchObject({ slug: 'gamma', trashedAt: null });
    const read = await ask('GET /v1/:ws/records/:model/:id', 'gamma', gamma, key);
    expect(read.body.title).toBe('theirs');
    const acts = (await system.get('/v1/gamma/audit')).body.data;
    expect(acts.slice(0, 2)).toMatchObject([
      { action: 'workspace.restored' },
      { action: 'workspace.trashed' },
    ]);
  });
});
