import { vector } from '@electric-sql/pglite-pgvector';
import { postgis } from '@electric-sql/pglite-postgis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectPlaces, makePlaces, place } from '../records/places.ts';
import { operations } from '../stack/changes.ts';
import { ExtendedSystem } from '../stack/extended-system.ts';

/** PGlite compiles its extensions as it starts. */
const START = 300_000;

const EMBEDDING = { name: 'embedding', type: 'vector', dimensions: 3, index: true, default: [0, 0, 1] };

/** Writes a value in every way that there is, and answers what each of them, and each way to read, gives. */
async function everyWay(system: ExtendedSystem, model: string, field: string, value: unknown) {
  const at = (id = '') => `/v1/main/records/${model}${id === '' ? '' : `/${id}`}`;
  const one = await system.request('POST', at(), { [field]: value });
  const many = await system.request('POST', at(), [{}, { [field]: value }]);
  const patched = await system.request('PATCH', at(many.body.data[0].id), { [field]: value });
  const replaced = await system.request('PUT', at(crypto.randomUUID()), { [field]: value });
  const read = await system.get(at(one.body.id));
  const listed = await system.get(`${at()}?select=id,${field}&filter[id][_eq]=${one.body.id}`);
  const put = await system.request('PUT', at(one.body.id), read.body);
  const own = `filter[id][_eq]=${one.body.id}`;
  const line = await system.get(`${at('export')}?format=ndjson&${own}`);
  const file = await system.get(`${at('export')}?format=csv&select=id,${field}&${own}`);
  const fileType = { 'Content-Type': 'text/csv' };
  const imported = await system.request('POST', `${at('import')}?mode=upsert`, file.body, fileType);
  expect(imported.body).toMatchObject({ updated: 1 });
  const again = await system.get(at(one.body.id));
  const bodies = [
    one.body,
    many.body.data[1],
    patched.body,
    replaced.body,
    read.body,
    listed.body.data[0],
    put.body,
    JSON.parse(line.body),
    again.body,
  ];
  return bodies.map((body) => body[field]);
}

describe('a vector where Postgres has pgvector', () => {
  let system: ExtendedSystem;
  const add = operations({ op: 'addField', model: 'page', field: { ...EMBEDDING, required: true } });
  beforeAll(async () => {
    system = await ExtendedSystem.start({ vector });
    await system.change({ models: [{ name: 'page', fields: [{ name: 'text', type: 'text' }] }] });
    await system.request('POST', '/v1/main/records/page', { text: 'old' });
  }, START);
  afterAll(() => system.stop());

  test('is refused as long as the migrator may not create the extension', async () => {
    expect((await system.change(add)).body).toMatchObject({ status: 422, code: 'extension_missing' });
  });

  test('is added together with the extension once the migrator may, to records that are there', async () => {
    system.trust('vector');
    const added = await system.change({ ...add, backfill: { 'page.embedding': [1, 0, 0] } });
    expect(added.body.error ?? added.body.status).toBe('done');
    expect(added.body.steps[0]).toMatchObject({ kind: 'createExtension', status: 'done' });
    const { data } = (await system.get('/v1/main/records/page')).body;
    expect(data).toEqual([expect.objectContaining({ text: 'old', embedding: [1, 0, 0] })]);
    const made = await system.request('POST', '/v1/main/records/page', {});
    expect(made.body.embedding).toEqual([0, 0, 1]);
  });

  test.each([[[1, -0.5, 0.1]], [[3.4028235e38, 1e-38, 0]], [[0, 0, 16777216]]])(
    'is answered as it was sent: %j',
    async (value) => {
      for (const got of await everyWay(system, 'page', 'embedding', value)) expect(got).toEqual(value);
    },
  );

  test('keeps the nearest float of 32 bits', async () => {
    const sent = [0.123456789, 16777217, 1e-60];
    for (const got of await everyWay(system, 'page', 'embedding', sent)) {
      expect(got.map(Math.fround)).toEqual(sent.map(Math.fround));
    }
  });

  test('of other dimensions is refused, and so is what is none', async () => {
    for (const embedding of [[1, 2], [1, 2, 3, 4], ['1', 2, 3], [1, 2, 1e39], null]) {
      const refused = await system.request('POST', '/v1/main/records/page', { embedding });
      expect(refused.body).toMatchObject({ code: 'validation_failed', errors: [{ path: '/embedding' }] });
    }
  });

  test('is found by SQL through its index, and by whether it is there', async () => {
    const [index] = await system.sql("select indexdef from pg_indexes where indexdef like '%hnsw%'");
    expect(index?.['indexdef']).toContain('USING hnsw (embedding vector_cosine_ops)');
    const [nearest] = await system.sql(
      "select embedding::text from main_data.page order by embedding <=> '[1, 0, 0]' limit 1",
    );
    expect(nearest).toEqual({ embedding: '[1,0,0]' });
    expect((await system.get('/v1/main/records/page?filter[embedding][_null]=true')).body.data).toEqual([]);
    expect((await system.get('/v1/main/records/page?filter[embedding][_eq]=[1,0,0]')).status).toBe(400);
  });

  test('comes nearest first, page by page', async () => {
    const fields = [
      { name: 'n', type: 'integer' },
      { ...EMBEDDING, name: 'at', default: undefined, index: false },
    ];
    await system.change({ models: [{ name: 'mark', fields }] });
    const angles = [3, 1, 4, 2, 0];
    const marks = [...angles.map((n) => ({ n, at: [Math.cos(n / 2), Math.sin(n / 2), 0] })), { n: 9 }];
    expect((await system.request('POST', '/v1/main/records/mark', marks)).status).toBe(201);
    const seen: number[] = [];
    let cursor = '';
    do {
      const { body } = await system.get(`/v1/main/records/mark?nearest[at]=[1,0,0]&limit=2${cursor}`);
      seen.push(...body.data.map(({ n }: { n: number }) => n));
      cursor = body.page.next ? `&cursor=${body.page.next}` : '';
    } while (cursor);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    await system.change(operations({ op: 'addIndex', model: 'mark', fields: ['at'] }));
    const many = Array.from({ length: 60 }, (_, n) => ({ n: 100 + n, at: [0, 1, n / 100] }));
    await system.request('POST', '/v1/main/records/mark', many);
    // More than an HNSW index gives.
    const all = await system.get('/v1/main/records/mark?nearest[at]=[1,0,0]&limit=1000');
    expect(all.body.data).toHaveLength(65);
    const last = await system.get('/v1/main/records/mark?nearest[at]=[1,0,0]&limit=30&filter[n][_gte]=100');
    expect(last.body.data).toHaveLength(30);
    const most = await system.get(
      '/v1/main/records/mark?nearest[at]=[1,0,0]&filter[n][_between]=3,9&limit=1&count=exact',
    );
    expect(most.body).toMatchObject({ data: [{ n: 3 }], page: { total: 2 } });
    for (const value of ['[1,0]', 'x', '1,0,0']) {
      expect((await system.get(`/v1/main/records/mark?nearest[at]=${value}`)).status).toBe(400);
    }
  });

  test('goes to the trash', async () => {
    const drop = operations({ op: 'dropField', model: 'page', field: 'embedding' });
    const plan = await system.request('POST', '/v1/main/plans', drop);
    expect((await system.change({ ...drop, confirm: plan.body.hash })).body.status).toBe('done');
    expect((await system.get('/v1/main/records/page')).body.data[0]).not.toHaveProperty('embedding');
  });
});

describe('a point where the database has PostGIS', () => {
  let system: ExtendedSystem;
  const model = { name: 'shop', fields: [{ name: 'early', type: 'point', index: true }] };
  beforeAll(async () => {
    system = await ExtendedSystem.start({ postgis });
    await system.change({ models: [model] });
    await system.sql('create extension postgis');
    const late = { name: 'late', type: 'point', index: true, default: place(0, 0) };
    const added = await system.change({
      ...operations({ op: 'addField', model: 'shop', field: late }),
      backfill: { 'shop.late': place(1, 1) },
    });
    expect(added.body.error ?? added.body.status).toBe('done');
  }, START);
  afterAll(() => system.stop());

  test('is of its type, beside those that were made before', async () => {
    const columns = await system.sql(
      "select attname, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = 'main_data.shop'::regclass and attname in ('early', 'late') order by 1",
    );
    expect(columns).toEqual([
      { attname: 'early', type: 'point' },
      { attname: 'late', type: 'geometry(Point,4326)' },
    ]);
    const indexes = await system.sql(
      "select indexdef from pg_indexes where indexdef like '%gist%' order by 1",
    );
    expect(indexes).toHaveLength(2);
  });

  test.each(['early', 'late'])('is answered as it was sent, to the last digit, in %s', async (field) => {
    for (const value of [place(13.4, 52.5), place(-180, 90), place(0.30000000000000004, -5e-324), null]) {
      for (const got of await everyWay(system, 'shop', field, value)) expect(got).toEqual(value);
    }
  });

  test.each([[false], [true]])('is found by distance and within boxes, with an index: %s', async (index) => {
    const fields = [
      { name: 'name', type: 'text' },
      { name: 'at', type: 'point', index },
    ];
    await system.change({ models: [{ name: 'town', fields }] });
    if (!index) await makePlaces(system);
    await expectPlaces(system);
  });

  test('is kept by its own rules whoever writes', async () => {
    for (const text of ['SRID=4326;POINT(181 0)', 'SRID=4326;POINT(0 -91)', 'SRID=4326;POINT EMPTY']) {
      const written = system.sql(`insert into main_data.shop (late) values ('${text}')`);
      await expect(written).rejects.toMatchObject({ code: '23514' });
    }
  });
});
