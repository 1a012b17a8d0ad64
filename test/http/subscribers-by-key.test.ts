import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';

const PATH = '/v1/main/webhooks/subscribers';
const URL_OF_MINE = 'https://example.com/mine';

let system: InProcess;
beforeAll(async () => {
  system = await InProcess.start();
  for (const name of ['movie', 'person'])
    await system.request('PUT', `/v1/main/models/${name}`, { fields: [] });
  await system.deliverAll();
});
afterAll(() => system.stop());

/** Requests with a new key. */
async function withKey(scopes: readonly string[], models: readonly string[] | null = null) {
  const { body } = await system.request('POST', '/v1/main/keys', { label: 'a key', scopes, models });
  const headers = { Authorization: `Bearer ${body.key}` };
  return (method: string, path: string, sent?: object) => system.request(method, path, sent, headers);
}

const hook = (events: readonly string[], more: object = {}) => ({ url: URL_OF_MINE, events, ...more });

async function made(events: readonly string[], more: object = {}): Promise<string> {
  return (await system.request('POST', PATH, hook(events, more))).body.id;
}

const idsOf = ({ body }: { readonly body: { readonly data: readonly { readonly id: string }[] } }) =>
  body.data.map(({ id }) => id);

describe('a key that may change models has others told of', () => {
  test('no records where it may not read them, and is told which scope it needs', async () => {
    const ask = await withKey(['models:read', 'models:write']);
    const events = ['change.done', 'record.created'];
    const needed = { status: 403, code: 'insufficient_scope', scope: 'records:read' };
    expect((await ask('POST', PATH, hook(events))).body).toMatchObject(needed);
    const own = await ask('POST', PATH, hook(['change.done']));
    expect(own.status).toBe(201);
    expect((await ask('PATCH', `${PATH}/${own.body.id}`, { events })).body).toMatchObject(needed);
    const theirs = `${PATH}/${await made(events)}`;
    for (const [method, path, body] of [
      ['GET', theirs],
      ['PATCH', theirs, { url: URL_OF_MINE }],
      ['PATCH', theirs, { events: ['change.done'] }],
      ['DELETE', theirs],
      ['POST', `${theirs}/rotate`, {}],
      ['GET', `${theirs}/deliveries`],
      ['POST', `${theirs}/deliveries/${crypto.randomUUID()}/redeliver`, {}],
    ] as const) {
      expect([method, path, (await ask(method, path, body)).body]).toMatchObject([method, path, needed]);
    }
    expect(idsOf(await ask('GET', PATH))).toEqual([own.body.id]);
    const reader = await withKey(['models:write', 'records:read']);
    expect((await reader('POST', PATH, hook(['record.created']))).status).toBe(201);
    expect((await reader('POST', PATH, hook(events))).body).toMatchObject({
      ...needed,
      scope: 'models:read',
    });
  });

  test('its own models alone where it is limited to some, whatever they are called later', async () => {
    const ask = await withKey(['models:read', 'models:write', 'records:read'], ['movie']);
    for (const [body, reason] of [
      [hook(['record.created']), 'models'],
      [hook(['record.created'], { models: ['movie', 'person'] }), 'person'],
      [hook(['change.done'], { models: ['movie'] }), 'change.done'],
    ] as const) {
      const refused = await ask('POST', PATH, body);
      expect(refused.body).toMatchObject({
        code: 'insufficient_scope',
        detail: expect.stringContaining(reason),
      });
    }
    const own = await ask('POST', PATH, hook(['record.created'], { models: ['movie'] }));
    expect(own.body).toMatchObject({ models: ['movie'], secret: expect.any(String) });
    const path = `${PATH}/${own.body.id}`;
    expect((await ask('PATCH', path, { models: null })).body.code).toBe('insufficient_scope');
    expect((await ask('PATCH', path, { models: ['person'] })).body.code).toBe('insufficient_scope');
    expect((await ask('PATCH', path, { status: 'paused' })).body.status).toBe('paused');
    const theirs = await made(['record.created'], { models: ['person'] });
    expect((await ask('PATCH', `${PATH}/${theirs}`, { models: ['movie'] })).body.code).toBe(
      'insufficient_scope',
    );
    expect(idsOf(await ask('GET', PATH))).toEqual([own.body.id]);
    expect((await ask('DELETE', path)).status).toBe(204);
  });

  test('at addresses of which the audit log keeps the host alone', async () => {
    const ask = await withKey(['models:read', 'models:write']);
    const { body } = await ask(
      'POST',
      PATH,
      hook(['change.done'], { url: 'https://example.com/in?token=secret' }),
    );
    await ask('PATCH', `${PATH}/${body.id}`, { url: 'https://example.org/in?token=secret' });
    await ask('DELETE', `${PATH}/${body.id}`);
    const acts = (await system.get('/v1/main/audit')).body.data;
    const told = acts.filter((act: { subject: string }) => act.subject === body.id);
    const hosts = told.map(({ before, after }: { before: { host: string }; after: { host: string } }) => [
      before?.host,
      after?.host,
    ]);
    expect(hosts).toEqual([
      ['https://example.org', undefined],
      ['https://example.com', 'https://example.org'],
      [undefined, 'https://example.com'],
    ]);
    expect(JSON.stringify(acts)).not.toContain('secret');
  });

  test('nothing that it may not see, by an Idempotency-Key of others', async () => {
    const body = hook(['record.created']);
    const headers = { 'Idempotency-Key': 'of-root' };
    expect((await system.request('POST', PATH, body, headers)).status).toBe(201);
    const { body: key } = await system.request('POST', '/v1/main/keys', {
      label: 'k',
      scopes: ['models:write'],
    });
    const asKey = { ...headers, Authorization: `Bearer ${key.key}` };
    expect((await system.request('POST', PATH, body, asKey)).body.code).toBe('insufficient_scope');
  });
});
