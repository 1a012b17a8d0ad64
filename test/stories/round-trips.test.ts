import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TrafficEntry } from '../../local/traffic.ts';
import { change, operations, putModel } from '../stack/changes.ts';
import { hasCommand, hasSql, isMigrators } from '../stack/hold.ts';
import type { Isolate } from '../stack/isolate.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
let id: string;
const path = () => `/v1/main/records/movie/${id}`;

beforeAll(async () => {
  system = await startSystem();
  await putModel(system.edge, 'movie', { fields: [{ name: 'title', type: 'text' }] });
  const created = await system.edge.request('POST', '/v1/main/records/movie', { title: 'a' });
  id = created.body.id;
});
beforeEach(() => system.traffic.reset());
afterAll(() => system.stop());

/** The migrator tidies up while answers of its change are out already. */
const isTidying = (entry: TrafficEntry) => isMigrators(entry) || hasCommand(entry, 'ZREM');

/** What went through the proxies for the edge while `act` ran, in the order of its beginning. */
async function costOf(act: () => Promise<unknown>): Promise<readonly TrafficEntry[]> {
  system.traffic.clear();
  await act();
  return system.traffic.entries.filter((entry) => !isTidying(entry));
}

const kinds = (entries: readonly TrafficEntry[]) =>
  entries.map((entry) => (entry.proxy === 'upstash' ? (entry.commands[0]?.[0] ?? '').toUpperCase() : 'SQL'));

describe('what a request costs', () => {
  test('a warm GET by id: one head command and one query', async () => {
    await system.edge.get(path());
    const entries = await costOf(() => system.edge.get(path()));
    expect(kinds(entries).sort()).toEqual(['HMGET', 'SQL']);
  });

  test('a warm GET waits for neither: each is on its way before the other is answered', async () => {
    await system.edge.get(path());
    // Each is held until both have come: a request that sent them one after the other would never end.
    const both = Promise.withResolvers<void>();
    let come = 0;
    system.traffic.onRequest = async () => {
      come += 1;
      if (come === 2) both.resolve();
      await both.promise;
    };
    expect((await system.edge.get(path())).status).toBe(200);
  });

  test('a warm list: the same', async () => {
    await system.edge.get('/v1/main/records/movie');
    const entries = await costOf(() => system.edge.get('/v1/main/records/movie?filter[title][_eq]=a'));
    expect(kinds(entries).sort()).toEqual(['HMGET', 'SQL']);
  });

  test.each([
    ['POST', () => system.edge.request('POST', '/v1/main/records/movie', { title: 'b' }), 201],
    ['PATCH', () => system.edge.request('PATCH', path(), { title: 'c' }), 200],
    ['PUT', () => system.edge.request('PUT', path(), { title: 'd' }), 200],
  ])(
    'a warm %s: one statement, which Postgres refuses under an old class, and no head command',
    async (_method, act, status) => {
      await system.edge.get(path());
      let answer: unknown;
      const entries = await costOf(async () => {
        answer = await act();
      });
      expect(answer).toMatchObject({ status });
      expect(kinds(entries)).toEqual(['SQL']);
    },
  );

  test('the first GET of a cold isolate: head, definition and query, one after the other', async () => {
    const cold = await system.startIsolate();
    const entries = await costOf(() => cold.get(path()));
    expect(kinds(entries)).toEqual(['HMGET', 'GET', 'SQL']);
    expect(kinds(await costOf(() => cold.get(path()))).sort()).toEqual(['HMGET', 'SQL']);
  });

  test('the first GET after a change: what was asked in vain, then definition and query', async () => {
    await system.edge.get(path());
    await change(
      system.edge,
      operations({ op: 'addField', model: 'movie', field: { name: 'year', type: 'integer' } }),
    );
    const entries = await costOf(() => system.edge.get(path()));
    expect(kinds(entries).sort()).toEqual(['GET', 'HMGET', 'SQL', 'SQL']);
    expect(kinds(await costOf(() => system.edge.get(path()))).sort()).toEqual(['HMGET', 'SQL']);
  });

  test('a write by an old class: refused, the catalog asked, and written', async () => {
    const other = await system.startIsolate();
    await other.get(path());
    await change(
      system.edge,
      operations({ op: 'addField', model: 'movie', field: { name: 'note', type: 'text' } }),
    );
    const entries = await costOf(async () => {
      expect((await other.request('PATCH', path(), { note: 'n' })).status).toBe(200);
    });
    expect(kinds(entries)).not.toContain('HMGET');
    expect(kinds(entries).filter((kind) => kind === 'SQL').length).toBeLessThanOrEqual(4);
  });
});

describe('what an API key adds to that', () => {
  let headers: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const body = { label: 'shop', scopes: ['records:read', 'records:write', 'models:read'] };
    const made = await system.edge.request('POST', '/v1/main/keys', body);
    headers = { Authorization: `Bearer ${made.body.key}` };
    await system.edge.get(path(), headers);
  });

  test('to many isolates: it is rotated without a failed request, and revoked for all at their next', async () => {
    const isolates = [system.edge, await system.startIsolate()];
    const post = (at: string, body: object) => system.edge.request('POST', `/v1/main/keys${at}`, body);
    const first = (await post('', { label: 'app', scopes: ['records:read', 'records:write'] })).body;
    let key: string = first.key;
    let isOver = false;
    const statuses: number[] = [];
    const requests = (isolate: Isolate) => {
      const authorized = { Authorization: `Bearer ${key}` };
      return [isolate.get(path(), authorized), isolate.request('PATCH', path(), { title: 'r' }, authorized)];
    };
    const work = async (isolate: Isolate) => {
      while (!isOver) for (const { status } of await Promise.all(requests(isolate))) statuses.push(status);
    };
    const working = Promise.all(isolates.map(work));
    const enough = (count: number) =>
      expect.poll(() => statuses.length, { timeout: 30_000 }).toBeGreaterThan(count);
    await enough(8);
    const next = (await post(`/${first.id}/rotate`, { overlapSeconds: 60 })).body;
    await enough(statuses.length + 8);
    key = next.key;
    await enough(statuses.length + 8);
    expect((await system.edge.request('DELETE', `/v1/main/keys/${first.id}`)).status).toBe(204);
    await enough(statuses.length + 8);
    isOver = true;
    await working;
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await system.edge.request('DELETE', `/v1/main/keys/${next.id}`)).status).toBe(204);
    const refused = await Promise.all(isolates.flatMap(requests));
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  test('to a warm GET: nothing, the command of the head asks for it as well', async () => {
    const entries = await costOf(() => system.edge.get(path(), headers));
    expect(kinds(entries).sort()).toEqual(['HMGET', 'SQL']);
  });

  test('nor does a warm GET wait for it', async () => {
    const both = Promise.withResolvers<void>();
    let come = 0;
    system.traffic.onRequest = async () => {
      come += 1;
      if (come === 2) both.resolve();
      await both.promise;
    };
    expect((await system.edge.get(path(), headers)).status).toBe(200);
  });

  test('to a warm write: nothing, its statement asks for the key as well', async () => {
    const entries = await costOf(() => system.edge.request('PATCH', path(), { title: 'k' }, headers));
    expect(kinds(entries)).toEqual(['SQL']);
    expect(entries.filter((entry) => hasSql(entry, 'remodel.assert_key('))).toHaveLength(1);
  });

  test('to what asks for no head: one command', async () => {
    const bare = await costOf(() => system.edge.get('/v1/main/models'));
    const entries = await costOf(() => system.edge.get('/v1/main/models', headers));
    expect(kinds(entries).sort()).toEqual(['HMGET', ...kinds(bare)].sort());
  });

  test('to the first request of an isolate: one command', async () => {
    const cold = await system.startIsolate();
    const entries = await costOf(() => cold.get(path(), headers));
    const notes = entries.filter((entry) => hasSql(entry, 'set last_used_at'));
    expect(kinds(entries.filter((entry) => !notes.includes(entry)))).toEqual([
      'HMGET',
      'HMGET',
      'GET',
      'SQL',
    ]);
  });

  test('where heads may be used again: nothing for as long', async () => {
    const reusing = await system.startIsolate({ HASH_TTL_MS: '600000' });
    await reusing.get(path(), headers);
    await reusing.get(path(), headers);
    expect(kinds(await costOf(() => reusing.get(path(), headers)))).toEqual(['SQL']);
  });
});

describe('HASH_TTL_MS', () => {
  let caching: Isolate;
  const headCommands = (entries: readonly TrafficEntry[]) =>
    entries.filter((entry) => hasCommand(entry, 'HMGET')).length;
  const readTen = async (isolate: Isolate) => {
    for (let n = 0; n < 10; n++) expect((await isolate.get(path())).status).toBe(200);
  };

  test('0, the default, asks Redis on each request', async () => {
    expect(headCommands(await costOf(() => readTen(system.edge)))).toBe(10);
  });

  test('above 0 asks once in that time, and serves the class before for no longer', async () => {
    caching = await system.startIsolate({ HASH_TTL_MS: '600000' });
    expect(headCommands(await costOf(() => readTen(caching)))).toBe(1);
    const rename = operations({ op: 'renameField', model: 'movie', from: 'title', to: 'name' });
    await change(system.edge, rename);
    expect((await caching.get(path())).body).toHaveProperty('title');
    const brief = await system.startIsolate({ HASH_TTL_MS: '50' });
    await brief.get(path());
    await change(system.edge, operations({ op: 'renameField', model: 'movie', from: 'name', to: 'title' }));
    await expect.poll(async () => (await brief.get(path())).body, { timeout: 5000 }).toHaveProperty('title');
  });

  test('lets an isolate take the head that another of its data centre asked for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'remodel-data-centre-'));
    const first = await system.startIsolate({ HASH_TTL_MS: '600000' }, folder);
    expect(headCommands(await costOf(() => readTen(first)))).toBe(1);
    await first.stop();
    const second = await system.startIsolate({ HASH_TTL_MS: '600000' }, folder);
    expect(headCommands(await costOf(() => readTen(second)))).toBe(0);
    await rm(folder, { recursive: true });
  });

  test('adds nothing to the staleness of writes', async () => {
    await change(
      system.edge,
      operations({ op: 'renameField', model: 'movie', from: 'title', to: 'heading' }),
    );
    const written = await caching.request('PATCH', path(), { heading: 'h' });
    expect(written.body).toMatchObject({ heading: 'h' });
    // And the isolate, which has met the newer class, does not go back to the one whose head it kept.
    expect((await caching.get(path())).body).toMatchObject({ heading: 'h' });
  });
});
