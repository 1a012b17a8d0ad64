import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nextEvent, readEvents } from '../stack/events.ts';
import { hasSql } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';

let system: InProcess;
let waiting: string;
beforeAll(async () => {
  system = await InProcess.start();
  await system.request('PUT', '/v1/main/models/movie', { fields: [] });
  await system.deliverAll();
  // Nobody delivers its message: its stream goes on.
  const sent = await system.request('PUT', '/v1/main/models/person', { fields: [] });
  waiting = `/v1/main/changes/${sent.body.id}/events`;
});
afterAll(() => system.stop());

const RECORDS = '/v1/main/records/movie/events';

async function made(more: object = {}): Promise<{ readonly id: string; readonly key: string }> {
  const body = { label: 'a key', scopes: ['records:read', 'models:read'], ...more };
  return (await system.request('POST', '/v1/main/keys', body)).body;
}

/** A stream that was opened with a key, and has sent its first event. */
async function opened(path: string, key: string) {
  const response = await system.open(path, { Authorization: `Bearer ${key}` });
  expect(response.status).toBe(200);
  const events = readEvents(response);
  await nextEvent(events, () => true);
  return { ends: async () => expect((await events.next()).done).toBe(true) };
}

describe('a stream of events ends, though nothing happens,', () => {
  test.each([RECORDS, 'the change that waits'])('with the key that it was opened with: %s', async (path) => {
    const { id, key } = await made();
    const { ends } = await opened(path === RECORDS ? RECORDS : waiting, key);
    system.parts.traffic.clear();
    await system.request('DELETE', `/v1/main/keys/${id}`);
    await ends();
    const polls = system.parts.traffic.entries.filter((entry) => hasSql(entry, 'remodel.assert_key'));
    expect(polls.length).toBeGreaterThan(0);
    expect(
      polls.every((entry) => hasSql(entry, path === RECORDS ? 'remodel.events' : 'remodel.changes')),
    ).toBe(true);
  });

  test('at the time at which its key does', async () => {
    const { id, key } = await made({ expiresAt: '2100-01-01T00:00:00Z' });
    const { ends } = await opened(RECORDS, key);
    await system.parts.sql('update remodel.keys set expires_at = now() where id = $1', [id]);
    await ends();
  });

  test('where its filter comes to lead to a model that its key is not for', async () => {
    const name = { name: 'name', type: 'text' };
    const change = async (body: object) => {
      const plan = await system.request('POST', '/v1/main/plans', body);
      const sent = await system.request('POST', '/v1/main/changes', { ...body, confirm: plan.body.hash });
      await system.deliverAll();
      expect((await system.get(`/v1/main/changes/${sent.body.id}`)).body.error).toBeUndefined();
    };
    const director = { name: 'director', type: 'reference', to: 'actor' };
    await change({
      models: [
        { name: 'actor', key: 'text', fields: [name] },
        { name: 'studio', key: 'text', fields: [name] },
        { name: 'film', fields: [director] },
      ],
    });
    const { key } = await made({ models: ['film', 'actor'] });
    const path = '/v1/main/records/film/events?filter[director.name][_eq]=Ada';
    const response = await system.open(path, { Authorization: `Bearer ${key}` });
    const events = readEvents(response);
    await nextEvent(events, () => true);
    await system.request('POST', '/v1/main/records/studio', { id: 'x', name: 'Ada' });
    await change({
      operations: [{ op: 'alterField', model: 'film', field: 'director', set: { to: 'studio' } }],
    });
    await system.request('POST', '/v1/main/records/film', { director: 'x' });
    const told = [];
    for await (const { event } of events) told.push(event);
    expect(told).toEqual(['model']);
  });

  test('with its workspace', async () => {
    await system.request('POST', '/v1/workspaces', { slug: 'acme' });
    await system.request('PUT', '/v1/acme/models/movie', { fields: [] });
    await system.deliverAll();
    const response = await system.open('/v1/acme/records/movie/events');
    const events = readEvents(response);
    await nextEvent(events, () => true);
    await system.request('DELETE', '/v1/workspaces/acme');
    expect((await events.next()).done).toBe(true);
  });
});
