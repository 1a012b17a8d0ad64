import { getTableColumns, gte } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wireEdge } from '../../functions/wire-edge.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;
let models: Registry;
beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  models = wireEdge(stack.env).registry;
  await change({
    models: [
      { name: 'person', fields: [{ name: 'name', type: 'text' }] },
      {
        name: 'movie',
        fields: [
          { name: 'title', type: 'text', required: true },
          { name: 'gross', type: 'bigint' },
          { name: 'director', type: 'reference', to: 'person' },
        ],
      },
    ],
  });
});
afterAll(() => stack.stop());

async function change(body: object): Promise<void> {
  const answer = await stack.request('POST', '/v1/main/changes', body);
  expect(answer.status).toBe(202);
  await stack.deliverAll();
}

describe('the registry, from code', () => {
  test('gives the class of a model, whose table drizzle can query', async () => {
    const big = '9007199254740993';
    await stack.request('POST', '/v1/main/records/movie', { title: 'Jaws', gross: big });
    const Movie = await models.get('main', 'movie');
    const pool = new pg.Pool({ connectionString: stack.parts.urls.edge });
    const { title, gross } = getTableColumns(Movie.table);
    if (!title || !gross) throw new Error('a class has the columns of its fields');
    const rows = await drizzle(pool)
      .select({ title, gross })
      .from(Movie.table)
      .where(gte(gross, BigInt(big)));
    await pool.end();
    expect(rows).toEqual([{ title: 'Jaws', gross: BigInt(big) }]);
  });

  test('gives a class that makes records, and refuses what is none', async () => {
    const Movie = await models.get('main', 'movie');
    expect(Movie.name).toBe('movie');
    const jaws = new Movie({ title: 'Jaws', gross: '7' });
    expect(jaws).toBeInstanceOf(Movie);
    expect(jaws.columns).toMatchObject({ title: 'Jaws', gross: '7' });
    expect(() => new Movie({ gross: 'much' })).toThrow('this is not a movie');
    expect(v.safeParse(Movie.createSchema, { title: 'Jaws' }).success).toBe(true);
    expect(v.safeParse(Movie.createSchema, {}).success).toBe(false);
    expect(v.safeParse(Movie.updateSchema, {}).success).toBe(true);
  });

  test('gives several by one head lookup', async () => {
    await models.getAll('main', ['movie', 'person']);
    stack.parts.traffic.clear();
    const [Movie, Person] = await models.getAll('main', ['movie', 'person']);
    expect([Movie?.definition.name, Person?.definition.name]).toEqual(['movie', 'person']);
    expect(stack.parts.traffic.commands).toHaveLength(1);
    expect(stack.parts.traffic.statements).toEqual([]);
  });

  test('keeps a class while its hash is the same, and makes that of a changed model alone anew', async () => {
    const [movie, person] = await models.getAll('main', ['movie', 'person']);
    await change(operations({ op: 'renameField', model: 'movie', from: 'gross', to: 'revenue' }));
    const [changed, same] = await models.getAll('main', ['movie', 'person']);
    expect(same).toBe(person);
    expect(changed).not.toBe(movie);
    expect(changed?.version).toBe(2);
    expect([...(changed?.fields.keys() ?? [])]).toContain('revenue');
  });

  test('refuses a model that is not there by name', async () => {
    await expect(models.get('main', 'nothing')).rejects.toMatchObject({ code: 'unknown_model' });
    await expect(models.get('nowhere', 'movie')).rejects.toMatchObject({ code: 'unknown_workspace' });
  });

  test('calls whenReady once all of the models are published', async () => {
    const calls: string[][] = [];
    const ready = models.whenReady(['tag', 'label'], (Tag, Label) => {
      calls.push([Tag?.definition.name ?? '', Label?.definition.name ?? '']);
      return 'used';
    });
    await change(operations({ op: 'createModel', model: 'tag', fields: [] }));
    await models.get('main', 'tag');
    expect(calls).toEqual([]);
    await change(operations({ op: 'createModel', model: 'label', fields: [] }));
    expect(await ready).toBe('used');
    expect(calls).toEqual([['tag', 'label']]);
  });

  test('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    const waiting = models.whenReady(['never'], () => 'used', { signal: stop.signal });
    stop.abort(new Error('no longer'));
    await expect(waiting).rejects.toThrow('no longer');
  });

  test('never goes back to an older version, whatever a head says', async () => {
    const now = await models.get('main', 'movie');
    const head = String(await stack.parts.redis.command(['HGET', 'heads:main', 'movie']));
    const [row] = await stack.parts.sql(
      'select hash from remodel.versions where version = 1 and model_id = $1',
      [now.definition.id],
    );
    await stack.parts.redis.command(['HSET', 'heads:main', 'movie', `1.1.${row?.['hash']}`]);
    expect(await models.get('main', 'movie')).toBe(now);
    await stack.parts.redis.command(['HSET', 'heads:main', 'movie', head]);
  });

  test('believes no definition whose hash is another', async () => {
    const other = wireEdge(stack.env).registry;
    const { hash } = await models.get('main', 'person');
    const body = await stack.parts.redis.command(['GET', `definition:${hash}`]);
    await stack.parts.redis.command([
      'SET',
      `definition:${hash}`,
      String(body).replace('"name":"name"', '"name":"nome"'),
    ]);
    const Person = await other.get('main', 'person');
    expect([...Person.fields.keys()]).toContain('name');
  });
});
