import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { operations, putModel } from '../stack/changes.ts';
import { hasCommand, holdFirst } from '../stack/hold.ts';
import type { Isolate } from '../stack/isolate.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
let other: Isolate;

/** A consumer that is killed when the change is committed and its head is on the way. */
beforeEach(async () => {
  system = await startSystem({ isolates: 2 });
  other = system.isolates[1] as Isolate;
  await system.edge.sweep();
  await putModel(system.edge, 'movie', { fields: [{ name: 'title', type: 'text' }] });
  const held = holdFirst(system.traffic, (entry) => hasCommand(entry, 'EVAL'));
  const rename = operations({ op: 'renameField', model: 'movie', from: 'title', to: 'name' });
  await system.edge.request('POST', '/v1/main/changes', rename);
  await held.reached;
  await system.edge.stop();
  expect(await system.redis.command(['HGET', 'heads:main', 'movie'])).toMatch(/^\d+\.1\./);
});
afterEach(() => system.stop());

async function expectPublished(): Promise<void> {
  await expect
    .poll(() => system.redis.command(['HGET', 'heads:main', 'movie']), { timeout: 20_000 })
    .toMatch(/^\d+\.2\./);
  await expect
    .poll(async () => (await other.get('/v1/main/changes')).body.data[0].status, { timeout: 20_000 })
    .toBe('done');
  const { body } = await other.get('/v1/main/models/movie');
  expect(body).toMatchObject({ version: 2, fields: [{ name: 'name' }] });
}

describe('a head that was lost between commit and Redis', () => {
  test('is made good when the message is delivered again', async () => {
    await other.nudge({ workspace: 'main' });
    await expectPublished();
  });

  test('is made good by the sweep, once the time that Redis noted has come', async () => {
    system.traffic.clear();
    await other.sweep();
    expect(system.traffic.entries).toHaveLength(1);
    expect(system.traffic.commands.map(([name]) => name)).toEqual(['get', 'zrange', 'hset']);
    await system.redis.command(['ZADD', 'due', '1', 'main']);
    await other.sweep();
    await expectPublished();
  });

  test('is made good by the sweep where Redis has lost that note too', async () => {
    await system.redis.flushAll();
    await other.sweep();
    await expectPublished();
  });

  test('is not waited for by requests: a write already uses the new definition', async () => {
    const created = await other.request('POST', '/v1/main/records/movie', { name: 'a' });
    expect(created.status).toBe(201);
    expect((await other.get(`/v1/main/records/movie/${created.body.id}`)).body).toMatchObject({ name: 'a' });
  });
});
