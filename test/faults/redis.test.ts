import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { change, operations, putModel } from '../stack/changes.ts';
import { hashOf } from '../stack/model-hash.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
let id: string;
const path = () => `/v1/main/records/movie/${id}`;
const rename = (from: string, to: string) => operations({ op: 'renameField', model: 'movie', from, to });
const head = () => system.redis.command(['HGET', 'heads:main', 'movie']);

beforeEach(async () => {
  system = await startSystem({ isolates: 2, bindings: { GRACE_SECONDS: '0' } });
  const fields = ['title', 'note'].map((name) => ({ name, type: 'text' }));
  await putModel(system.edge, 'movie', { fields });
  const created = await system.edge.request('POST', '/v1/main/records/movie', { title: 'a', note: 'b' });
  id = created.body.id;
});
afterEach(() => system.stop());

describe('Redis emptied', () => {
  test('stops no request, and the heads come back', async () => {
    const before = await head();
    await system.redis.flushAll();
    for (const isolate of system.isolates) {
      expect((await isolate.get(path())).body).toMatchObject({ title: 'a' });
      expect((await isolate.request('PATCH', path(), { note: 'c' })).status).toBe(200);
    }
    await expect.poll(head, { timeout: 20_000 }).toBe(before);
  });

  test('during a change: each isolate serves the new definition none the less', async () => {
    await system.redis.flushAll();
    expect((await change(system.edge, rename('title', 'name'))).body.status).toBe('done');
    await system.redis.flushAll();
    for (const isolate of system.isolates)
      expect((await isolate.get(path())).body).toMatchObject({ name: 'a' });
    await expect.poll(head, { timeout: 20_000 }).toMatch(/^\d+\.2\./);
  });
});

describe('Redis down', () => {
  test('stops neither reads nor writes, and changes are published when it is back', async () => {
    system.traffic.downOf.upstash = true;
    const sent = await system.edge.request('POST', '/v1/main/changes', rename('title', 'name'));
    expect(sent.status).toBe(202);
    const committed = async () =>
      (await system.sql('select version from remodel.models where name = $1', ['movie']))[0]?.['version'];
    await expect.poll(committed, { timeout: 20_000 }).toBe(2);
    // The catalog answers in its place: both isolates serve the new definition already.
    for (const isolate of system.isolates) {
      expect((await isolate.get(path())).body).toMatchObject({ name: 'a' });
      const patched = await isolate.request('PATCH', path(), { name: 'a', note: 'd' });
      expect(patched.body).toMatchObject({ name: 'a', note: 'd' });
    }
    expect((await system.edge.get(`/v1/main/changes/${sent.body.id}`)).body.status).toBe('running');
    system.traffic.downOf.upstash = false;
    const status = async () => (await system.edge.get(`/v1/main/changes/${sent.body.id}`)).body.status;
    await expect.poll(status, { timeout: 30_000 }).toBe('done');
    expect(await head()).toMatch(/^\d+\.2\./);
  });

  test('is told by /health, which stays up: serving needs Postgres alone', async () => {
    system.traffic.downOf.upstash = true;
    const health = await system.edge.get('/health');
    expect(health.body.checks.redis).not.toBe('ok');
    expect(health.body.checks.postgres).toBe('ok');
  });
});

describe('a replica of Redis that lags behind', () => {
  /** Answers what Redis held before the change, whatever it holds now. */
  async function changeBehindReplica(...list: readonly object[]): Promise<string> {
    const old = String(await head());
    for (const isolate of system.isolates) await isolate.get(path());
    system.traffic.staleReads = ([name]) => (name?.toUpperCase() === 'HMGET' ? [old] : undefined);
    const changed = await change(system.edge, operations(...list));
    expect(changed.body.status).toBe('done');
    return changed.body.plan.result.movie;
  }

  test('never lets a write through under a class that is not current', async () => {
    // The two names change places: a write under the old class would put the value into the wrong column.
    const swap = (from: string, to: string) => ({ op: 'renameField', model: 'movie', from, to });
    const hash = await changeBehindReplica(swap('title', 'x'), swap('note', 'title'), swap('x', 'note'));
    for (const isolate of system.isolates) {
      const stale = await isolate.get(path());
      expect(['a', 'b']).toContain(stale.body.title);
    }
    const other = system.isolates[1] ?? system.edge;
    const patched = await other.request('PATCH', path(), { title: 'now' });
    expect(hashOf(patched, 'movie')).toBe(hash);
    expect(patched.body).toMatchObject({ title: 'now', note: 'a' });
    expect(await system.sql('select title, note from main_data.movie')).toEqual([
      { title: 'a', note: 'now' },
    ]);
    // From its first write on, the isolate knows better than the replica.
    expect((await other.get(path())).body).toMatchObject({ title: 'now', note: 'a' });
  });

  test('makes a write of a field that is gone fail for what it is', async () => {
    await changeBehindReplica({ op: 'renameField', model: 'movie', from: 'title', to: 'name' });
    for (const isolate of system.isolates) {
      const refused = await isolate.request('PATCH', path(), { title: 'x' });
      expect(refused.status).toBe(422);
      expect(refused.body.errors).toMatchObject([{ path: '/title', code: 'unknown_field' }]);
      expect((await isolate.request('PUT', path(), { name: 'n', note: 'm' })).status).toBe(200);
    }
  });
});
