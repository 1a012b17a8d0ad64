import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Client, createClient, etagOf, Problem, StaleTypes } from '../../src/client/client.ts';
import { ROOT_TOKEN } from '../stack/answer.ts';
import { change, operations } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';
import type { Models } from '../types/movies.ts';
import { DEFINITIONS } from './definitions.ts';

let system: System;
let client: Client<Models>;

beforeAll(async () => {
  system = await startSystem();
  await change(system.edge, { models: DEFINITIONS });
  client = createClient<Models>({ url: system.edge.origin, token: ROOT_TOKEN });
});
afterAll(() => system.stop());

describe('records by the client', () => {
  beforeEach(async () => {
    for (const name of ['movie', 'person', 'tag'] as const) {
      await client.records(name).deleteMany({ filter: { id: { _null: false } } });
    }
  });

  test('are created, read with those that they refer to, changed and deleted', async () => {
    const movies = client.records('movie');
    await client.records('tag').createMany([{ id: 'sea' }, { id: 'a/b ü' }]);
    const ada = await client.records('person').create({ name: 'Ada' });
    const made = await movies.create({ title: 'Jaws', director: ada.id, tags: ['sea', 'a/b ü'] });
    expect(made).toMatchObject({ title: 'Jaws', rating: 'G', tags: ['sea', 'a/b ü'] });
    const read = await movies.get(made.id, { select: ['title', 'director.name'], expand: ['tags'] });
    expect(read).toMatchObject({ title: 'Jaws', director: { name: 'Ada' }, tags: [{ id: 'sea' }, {}] });
    expect(await movies.update(made.id, { year: 1975 })).toMatchObject({ title: 'Jaws', year: 1975 });
    expect(await movies.replace(made.id, { title: 'Alien' })).toMatchObject({ title: 'Alien', year: null });
    expect(await client.records('tag').get('a/b ü')).toMatchObject({ id: 'a/b ü' });
    await movies.delete(made.id);
    await expect(movies.get(made.id)).rejects.toMatchObject({ status: 404, code: 'unknown_record' });
  });

  test('are listed by filter, sort and page, and one after the other through all pages', async () => {
    const movies = client.records('movie');
    const years = Array.from({ length: 7 }, (_, n) => ({ title: `Part ${n}`, year: 1970 + n }));
    await movies.createMany(years);
    const listing = { filter: { year: { _gt: 1970 } }, sort: ['-year'], select: ['year'], limit: 4 } as const;
    const first = await movies.list({ ...listing, count: 'exact' });
    expect(first).toMatchObject({ data: [{ year: 1976 }, {}, {}, {}], page: { limit: 4, total: 6 } });
    const second = await movies.list({ ...listing, cursor: first.page.next ?? '' });
    expect(second).toMatchObject({ data: [{ year: 1972 }, { year: 1971 }], page: { next: null } });
    const all: (number | null)[] = [];
    for await (const movie of movies.all(listing)) all.push(movie.year);
    expect(all).toEqual([1976, 1975, 1974, 1973, 1972, 1971]);
  });

  test('are upserted, written by a filter, and counted by groups', async () => {
    const movies = client.records('movie');
    await movies.upsert([{ title: 'Jaws', isbn: '1' }], ['isbn']);
    await movies.upsert([{ title: 'Jaws 2', isbn: '1' }], ['isbn']);
    await movies.create({ title: 'Alien', rating: 'R' });
    expect(await movies.updateMany({ filter: { rating: { _eq: 'G' } } }, { gross: '9007199254740993' })).toBe(
      1,
    );
    const { data } = await movies.aggregate<{ rating: string; count: number; sum: { gross: string | null } }>(
      {
        group: ['rating'],
        count: true,
        sum: ['gross'],
        having: { count: { _gte: 1 } },
        sort: ['-sum.gross'],
      },
    );
    expect(data).toEqual([
      { rating: 'R', count: 1, sum: { gross: null } },
      { rating: 'G', count: 1, sum: { gross: '9007199254740993' } },
    ]);
    expect(await movies.deleteMany({ filter: { title: { _startsWith: 'J' } }, maxAffected: 1 })).toBe(1);
  });

  test('are created together with those around them, and tried out', async () => {
    const movies = client.records('movie');
    const made = await movies.create({
      title: 'Jaws',
      director: { name: 'Spielberg', boss: { name: 'Ada' } },
      tags: [{ id: 'sea' }],
    });
    const read = await movies.get(made.id, { select: ['director.boss.name', 'tags'] });
    expect(read).toMatchObject({ director: { boss: { name: 'Ada' } }, tags: ['sea'] });
    await client.records('person').create({ name: 'Scott', 'movie(director)': [{ title: 'Alien' }] });
    expect(await movies.update(made.id, { year: 1975 }, { dryRun: true })).toMatchObject({ year: 1975 });
    expect(await movies.deleteMany({ filter: { id: { _null: false } } }, { dryRun: true })).toBe(2);
    expect((await movies.list({ count: 'exact' })).data.map(({ year }) => year)).toEqual([null, null]);
  });

  test('are listed by how near they are', async () => {
    const movies = client.records('movie');
    const at = (title: string, longitude: number) => ({
      title,
      place: { type: 'Point', coordinates: [longitude, 0] } as const,
    });
    await movies.createMany([at('far', 50), at('near', 1), at('nearer', 0.5)]);
    const { data } = await movies.list({ nearest: { place: [0, 0] }, select: ['title'], limit: 2 });
    expect(data).toEqual([{ title: 'nearer' }, { title: 'near' }]);
  });

  test('are guarded by the tag that they came with', async () => {
    const movies = client.records('movie');
    const made = await movies.create({ title: 'Jaws' });
    const changed = await movies.update(made.id, { year: 1975 }, { ifMatch: etagOf(made) });
    await expect(movies.update(made.id, { year: 1976 }, { ifMatch: etagOf(made) })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
    await movies.delete(made.id, { ifMatch: etagOf(changed) });
  });

  test('are created once by one idempotency key', async () => {
    const movies = client.records('movie');
    const creating = { idempotencyKey: 'jaws' };
    const first = await movies.create({ title: 'Jaws' }, creating);
    expect(await movies.create({ title: 'Jaws' }, creating)).toEqual(first);
    expect((await movies.list({ count: 'exact' })).page.total).toBe(1);
  });
});

describe('what the client is refused', () => {
  test('is a problem with its findings', async () => {
    const failure = client.records('movie').create({ title: 'Jaws', year: 1 });
    await expect(failure).rejects.toBeInstanceOf(Problem);
    await expect(failure).rejects.toMatchObject({
      status: 422,
      code: 'validation_failed',
      errors: [{ path: '/year', code: 'invalid_value', message: 'must be at least 1888' }],
    });
  });

  test('keeps its status where it comes of another server', async () => {
    const fetch = async () => new Response('<h1>Bad gateway</h1>', { status: 502 });
    const elsewhere = createClient<Models>({ url: '', token: async () => 'one', fetch });
    await expect(elsewhere.records('tag').list()).rejects.toMatchObject({ status: 502, code: 'http_502' });
  });
});

describe('changes by the client', () => {
  test('are planned, confirmed and waited for', async () => {
    const request = { operations: [{ op: 'dropModel', model: 'short' }] };
    await change(system.edge, operations({ op: 'createModel', definition: { name: 'short', fields: [] } }));
    const plan = await client.changes.plan(request);
    expect(plan.destructive).toBe(true);
    await expect(client.changes.create(request)).rejects.toMatchObject({ code: 'destructive_unconfirmed' });
    const made = await client.changes.create({ ...request, confirm: plan.hash }, { wait: 20 });
    expect((await client.changes.get(made.id)).publishedAt).toEqual(expect.any(String));
  });
});

describe('types of definitions that are no longer', () => {
  test('are told apart from other refusals, with what to do', async () => {
    const { body } = await system.edge.get('/v1/main/models');
    const hashes = Object.fromEntries(
      body.data.map(({ name, hash }: { name: string; hash: string }) => [name, hash]),
    );
    const typed = createClient<Models>({ url: system.edge.origin, token: ROOT_TOKEN, hashes });
    await typed.records('movie').list({ expand: ['director'] });
    await change(
      system.edge,
      operations({ op: 'addField', model: 'person', field: { name: 'born', type: 'date' } }),
    );
    await typed.records('movie').list();
    const requests: readonly (() => Promise<unknown>)[] = [
      () => typed.records('person').list(),
      () => typed.records('person').create({ name: 'Ada' }),
      () => typed.records('movie').list({ expand: ['director'] }),
    ];
    for (const request of requests) {
      const failure = await request().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StaleTypes);
      expect(String(failure)).toMatch(/out of date: generate them again from types\.ts/);
    }
  });
});
