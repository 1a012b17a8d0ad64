import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';
import { expectProblem } from './problem.ts';

let stack: InProcess;

const TAGS = ['a,b', 'say "x"'];
const FULL = {
  title: 'He said "so, it is"\r\nand left',
  size: -7,
  big: '9223372036854775807',
  price: '12.50',
  ratio: 0.1,
  done: true,
  day: '0001-02-03',
  at: '12:30:05.25',
  moment: '2026-11-20T18:30:00.5+02:00',
  span: 'P1Y2M3DT4H',
  mark: '0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f',
  extra: { a: [1, 'ü,"'], b: null },
  kind: 'b,c',
  kinds: ['x', 'b,c'],
  mail: 'ada@example.org',
  page: 'https://example.org/?a=1,2',
  spot: { type: 'Point', coordinates: [13.4, -52.5] },
  tags: TAGS,
};

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  const created = await stack.request('POST', '/v1/main/changes', {
    models: [
      { name: 'tag', key: 'text', fields: [{ name: 'label', type: 'text' }] },
      {
        name: 'thing',
        key: 'text',
        fields: [
          { name: 'title', type: 'text' },
          { name: 'size', type: 'integer' },
          { name: 'big', type: 'bigint' },
          { name: 'price', type: 'decimal', precision: 10, scale: 2 },
          { name: 'ratio', type: 'float' },
          { name: 'done', type: 'boolean' },
          { name: 'day', type: 'date' },
          { name: 'at', type: 'time' },
          { name: 'moment', type: 'timestamp' },
          { name: 'span', type: 'interval' },
          { name: 'mark', type: 'uuid' },
          { name: 'extra', type: 'json' },
          { name: 'kind', type: 'choice', options: ['a', 'b,c'] },
          { name: 'kinds', type: 'choices', options: ['x', 'b,c'] },
          { name: 'mail', type: 'email' },
          { name: 'page', type: 'url' },
          { name: 'spot', type: 'point' },
          { name: 'tag', type: 'reference', to: 'tag' },
          { name: 'tags', type: 'references', to: 'tag' },
          { name: 'twice', type: 'computed', expression: 'size * 2' },
          { name: 'parent', type: 'reference', to: 'thing' },
          { name: 'peers', type: 'references', to: 'thing' },
        ],
      },
    ],
  });
  expect(created.status).toBe(202);
  await stack.deliverAll();
  for (const id of TAGS) await send('tag', { id, label: id });
  await send('thing', { id: 'full', ...FULL, tag: 'a,b' });
  await send('thing', { id: 'empty', title: '' });
  await send('thing', { id: 'null' });
});
const CONTENT_TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

afterAll(() => stack.stop());

const send = async (model: string, body: object) =>
  expect((await stack.request('POST', `/v1/main/records/${model}`, body)).status).toBe(201);

const get = (query: string, headers = {}) => stack.get(`/v1/main/records/thing/export?${query}`, headers);

describe('an export', () => {
  test('as NDJSON is a line for each record, as lists show it', async () => {
    const answer = await get('format=ndjson&sort=id');
    expect(answer.headers.get('Content-Type')).toBe('application/x-ndjson');
    const lines: readonly string[] = answer.body.split('\n');
    expect(lines.at(-1)).toBe('');
    const { body } = await stack.get('/v1/main/records/thing?sort=id');
    expect(lines.slice(0, -1).map((line) => JSON.parse(line))).toEqual(body.data);
  });

  test('as CSV names the fields first, and keeps nothing apart from the empty text', async () => {
    const answer = await get('format=csv&sort=id&select=id,title,size,done');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.get('Content-Disposition')).toBe('attachment; filename="thing.csv"');
    expect(answer.headers.get('Model-Hash')).toMatch(/^thing=[0-9a-f]{64}$/);
    expect(answer.body).toBe(
      'id,title,size,done\r\n' +
        '"empty","",,\r\n' +
        '"full","He said ""so, it is""\r\nand left",-7,true\r\n' +
        '"null",,,\r\n',
    );
  });

  test('as CSV says of every type what its JSON says', async () => {
    const { body } = await get('format=csv&filter[id][_eq]=full');
    const [row] = parse<Record<string, string>>(body, { columns: true });
    const { body: shown } = await stack.get('/v1/main/records/thing/full');
    const fields = Object.keys(shown);
    expect(Object.keys(row ?? {})).toEqual(fields);
    for (const field of fields) {
      const value: unknown = shown[field];
      const cell = row?.[field] ?? '';
      const read: unknown = typeof value === 'string' ? cell : cell === '' ? null : JSON.parse(cell);
      expect(read, field).toEqual(value);
    }
  });

  test('takes the filter, the order, the search and the limit of lists', async () => {
    expect((await get('format=csv&select=id&filter[title][_null]=true')).body).toBe('id\r\n"null"\r\n');
    expect((await get('format=csv&select=id&sort=-id&limit=2')).body).toBe('id\r\n"null"\r\n"full"\r\n');
    expect((await get('format=csv&select=id&search=left')).body).toBe('id\r\n"full"\r\n');
    expect((await get('format=csv&select=id&filter[tag.label][_eq]=a,b')).body).toBe('id\r\n"full"\r\n');
    expect((await get('format=csv&select=id&nearest[spot]=13,52&limit=5')).body).toBe('id\r\n"full"\r\n');
    const expanded = await get('format=ndjson&select=id,tag.label&filter[id][_eq]=full');
    expect(JSON.parse(expanded.body)).toEqual({ id: 'full', tag: { label: 'a,b' } });
    expect(expanded.headers.get('Model-Hash')).toMatch(/^thing=[0-9a-f]{64}, tag=[0-9a-f]{64}$/);
  });

  test('of nothing is a header, or nothing', async () => {
    expect((await get('format=csv&select=id,size&filter[id][_eq]=no')).body).toBe('id,size\r\n');
    expect((await get('format=ndjson&filter[id][_eq]=no')).body).toBe('');
  });

  test('goes by Accept where the address names no format', async () => {
    expect((await get('select=id&limit=1', { Accept: 'text/csv' })).body).toBe('id\r\n"empty"\r\n');
    expect((await get('select=id&limit=1')).body).toBe('{"id":"empty"}\n');
  });

  test('is refused in words, before anything is sent', async () => {
    expectProblem(await get('format=xlsx'), 400, 'invalid_query', 'format');
    expectProblem(await get('format=csv&limit=0'), 400, 'invalid_query', 'limit');
    expectProblem(await get('format=csv&cursor=x'), 400, 'invalid_query', 'cursor');
    expectProblem(await get('format=csv&filter[sise][_eq]=1'), 400, 'invalid_query', 'filter[sise][_eq]');
    expectProblem(await get('format=csv&select=id,tag.label'), 400, 'invalid_query', 'select');
    expectProblem(await get('format=csv&expand=tags'), 400, 'invalid_query', 'expand');
    expectProblem(await stack.get('/v1/main/records/thong/export'), 404, 'unknown_model');
    const stale = await get('format=csv', { 'Model-Hash': `thing=${'0'.repeat(64)}` });
    expectProblem(stale, 412, 'stale_definition');
  });

  test.each(['csv', 'ndjson'] as const)('as %s imports again to the same records', async (format) => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 12 }), { numRuns: 300, seed: 7 });
    const storable = texts.filter((text) => !text.includes('\0') && text.isWellFormed());
    const others = storable.map((title, n) => ({
      id: `r${n}`,
      title,
      kinds: n % 2 ? ['b,c'] : [],
      extra: { title },
    }));
    await stack.request('POST', '/v1/main/records/thing', others);
    // Circles, and references to what comes later in any order.
    await stack.request('PATCH', '/v1/main/records/thing/full', { parent: 'null', peers: ['empty', 'full'] });
    await stack.request('PATCH', '/v1/main/records/thing/null', { parent: 'full', peers: ['r1'] });
    await stack.request('PATCH', '/v1/main/records/thing/r1', { parent: 'r0' });
    const written = Object.keys(FULL).concat('id', 'tag', 'parent', 'peers');
    const snapshot = () => get(`format=ndjson&sort=id&select=${written.join(',')}`);
    const before = await snapshot();
    for (const order of ['id', '-id']) {
      const file = await get(`format=${format}&sort=${order}`);
      await stack.parts.sql('truncate main_data.thing cascade');
      const { body } = await stack.request('POST', '/v1/main/records/thing/import', file.body, {
        'Content-Type': CONTENT_TYPES[format],
      });
      expect(body).toMatchObject({
        inserted: storable.length + 3,
        ignored: expect.arrayContaining(['created_at', 'updated_at', 'twice']),
      });
      expect((await snapshot()).body).toBe(before.body);
    }
    await stack.request('DELETE', '/v1/main/records/thing?filter[id][_startsWith]=r');
    await stack.request('PATCH', '/v1/main/records/thing?filter[id][_null]=false', {
      parent: null,
      peers: [],
    });
  });
});
