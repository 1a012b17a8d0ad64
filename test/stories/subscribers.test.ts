import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations, putModel } from '../stack/changes.ts';
import { SubscriberServer } from '../stack/subscriber.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
let server: SubscriberServer;
beforeAll(async () => {
  server = await SubscriberServer.start();
  system = await startSystem({
    bindings: { WEBHOOK_ALLOW_LOOPBACK: 'true', WEBHOOK_POLL_SECONDS: '1', WEBHOOK_RETRY_SECONDS: '1 1 1' },
  });
  await putModel(system.edge, 'movie', { fields: [{ name: 'title', type: 'text' }] });
});
afterAll(async () => {
  await system.stop();
  await server.stop();
});

const PATH = '/v1/main/webhooks/subscribers';
const EVENTS = ['change.published', 'record.created', 'record.updated', 'record.deleted'];

describe('a subscriber', () => {
  test('is told of changes and records, by messages that the reference library verifies', async () => {
    const made = await system.edge.request('POST', PATH, { url: server.url, events: EVENTS });
    expect(made.status).toBe(201);
    expect(made.headers.get('Location')).toBe(`${PATH}/${made.body.id}`);
    server.secret = made.body.secret;
    const record = await system.edge.request('POST', '/v1/main/records/movie', { title: 'Jaws' });
    await system.edge.request('PATCH', `/v1/main/records/movie/${record.body.id}`, { title: 'Jaws 2' });
    await server.until(2);
    // The chain of looks goes on by itself.
    await system.edge.request('DELETE', `/v1/main/records/movie/${record.body.id}`);
    await server.until(3);
    const data = { workspace: 'main', model: 'movie', id: record.body.id };
    expect(server.told.map((told) => [told.type, told.data])).toEqual([
      ['record.created', data],
      ['record.updated', data],
      ['record.deleted', data],
    ]);
    const rename = operations({ op: 'renameField', model: 'movie', from: 'title', to: 'name' });
    const change = await system.edge.request('POST', '/v1/main/changes', rename);
    await server.until(4);
    expect(server.told[3]).toMatchObject({ type: 'change.published', data: { id: change.body.id } });
  });

  test('that fails and recovers is told all of it, and each once', async () => {
    const before = server.told.length;
    let isDown = true;
    let refused = 0;
    const tried = Promise.withResolvers<void>();
    server.answering = () => {
      if (!isDown) return 204;
      refused += 1;
      if (refused === 2) tried.resolve();
      return 500;
    };
    const titles = ['Alien', 'Aliens', 'Heat'];
    await system.edge.request(
      'POST',
      '/v1/main/records/movie',
      titles.map((name) => ({ name })),
    );
    await tried.promise;
    isDown = false;
    await server.until(before + titles.length);
    const ids = server.told.slice(before).map((told) => told.data.id);
    expect(new Set(ids).size).toBe(titles.length);
    expect(new Set(server.told.map((told) => told.id)).size).toBe(server.told.length);
  });

  test('is told nothing more once it is paused, or deleted', async () => {
    const [subscriber] = (await system.edge.get(PATH)).body.data;
    const paused = await system.edge.request('PATCH', `${PATH}/${subscriber.id}`, { status: 'paused' });
    expect(paused.body).toMatchObject({ status: 'paused', pausedReason: null });
    const count = server.requests.length;
    await system.edge.request('POST', '/v1/main/records/movie', { name: 'Ran' });
    const gone = await system.edge.request('DELETE', `${PATH}/${subscriber.id}`);
    expect(gone.status).toBe(204);
    expect((await system.edge.get(`${PATH}/${subscriber.id}`)).body.code).toBe('unknown_subscriber');
    expect(server.requests).toHaveLength(count);
    const { body } = await system.edge.get('/v1/main/audit?limit=3');
    expect(body.data.map(({ action }: { action: string }) => action)).toEqual([
      'subscriber.deleted',
      'subscriber.changed',
      'change.submitted',
    ]);
    expect(JSON.stringify(body)).not.toContain('whsec_');
  });
});

describe('what is said of a subscriber', () => {
  const refused = async (body: unknown) => {
    const answer = await system.edge.request('POST', PATH, body);
    return [answer.status, answer.body.errors?.[0]?.path, answer.body.errors?.[0]?.code];
  };
  const fine = { url: 'https://example.com/', events: ['change.done'] };

  test('is refused with its place where it cannot be', async () => {
    expect(await refused({ ...fine, url: 'https://169.254.169.254/latest' })).toEqual([
      422,
      '/url',
      'invalid_property',
    ]);
    expect(await refused({ ...fine, url: 'http://example.com/' })).toEqual([422, '/url', 'invalid_property']);
    expect(await refused({ ...fine, events: ['change.exploded'] })).toEqual([
      422,
      '/events/0',
      'invalid_property',
    ]);
    expect(await refused({ ...fine, events: [] })).toEqual([422, '/events', 'invalid_property']);
    expect(await refused({ ...fine, models: ['movie', 'none'] })).toEqual([
      422,
      '/models/1',
      'unknown_model',
    ]);
    expect(await refused({ ...fine, secret: 'mine' })).toEqual([422, '/secret', 'unknown_property']);
    expect((await refused([]))[0]).toBe(422);
  });

  test('makes one subscriber, however often it is repeated under its key', async () => {
    const key = { 'Idempotency-Key': 'once' };
    const before = (await system.edge.get(PATH)).body.data.length;
    const send = (body: object) => system.edge.request('POST', PATH, body, key);
    const answers = await Promise.all([send(fine), send(fine), send(fine)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ body }) => body.secret !== null)).toHaveLength(1);
    const other = await send({ ...fine, events: ['change.failed'] });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect((await system.edge.get(PATH)).body.data).toHaveLength(before + 1);
  });

  test('is not told to the edge: the role of the edge cannot read secrets', async () => {
    const made = await system.edge.request('POST', PATH, { ...fine, models: ['movie'] });
    expect(made.body).toMatchObject({
      models: ['movie'],
      status: 'active',
      secret: expect.stringMatching(/^whsec_/),
    });
    const read = await system.edge.get(`${PATH}/${made.body.id}`);
    expect(read.body).not.toHaveProperty('secret');
    const [may] = await system.sql(`
      select
        has_column_privilege('remodel_edge', 'remodel.subscribers', 'url', 'select') as url,
        has_column_privilege('remodel_edge', 'remodel.subscribers', 'secret', 'select') as secret,
        has_column_privilege('remodel_edge', 'remodel.subscribers', 'previous_secret', 'select') as previous`);
    expect(may).toEqual({ url: true, secret: false, previous: false });
  });

  test('is found in its own workspace alone', async () => {
    await system.edge.request('POST', '/v1/workspaces', { slug: 'other' });
    const [{ id }] = (await system.edge.get(PATH)).body.data;
    const other = '/v1/other/webhooks/subscribers';
    for (const [method, path, body] of [
      ['GET', `${other}/${id}`],
      ['PATCH', `${other}/${id}`, { status: 'paused' }],
      ['DELETE', `${other}/${id}`],
      ['POST', `${other}/${id}/rotate`, {}],
      ['GET', `${other}/${id}/deliveries`],
    ] as const) {
      const answer = await system.edge.request(method, path, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 'unknown_subscriber']);
    }
    expect((await system.edge.get(PATH)).body.data[0]).toMatchObject({ id, status: 'active' });
    expect((await system.edge.get(other)).body.data).toEqual([]);
  });
});
