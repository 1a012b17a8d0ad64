import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;

const SIZES = [null, false, true, 0, 1, 2.5, -3, '', 'a', 'ab', 'É', '2', [], [1, 'a'], {}, { a: 1 }];
/** A value of each kind under one name, two deep, and none at all. */
const METAS = [
  ...SIZES.map((size) => ({ size, inner: { size, list: [size, 'x'] } })),
  ...SIZES,
  { inner: null },
  { größe: 1, 'kebab-case': 2 },
];

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  const fields = [
    { name: 'n', type: 'integer' },
    { name: 'meta', type: 'json' },
  ];
  await change({
    models: [
      { name: 'thing', fields },
      { name: 'owner', fields: [{ name: 'of', type: 'reference', to: 'thing' }] },
    ],
  });
  const made = await stack.request(
    'POST',
    '/v1/main/records/thing',
    METAS.map((meta, n) => ({ n, meta })),
  );
  expect(made.status).toBe(201);
  const [first] = made.body.data;
  await stack.request('POST', '/v1/main/records/owner', { of: first.id });
});
afterAll(() => stack.stop());

async function change(body: object) {
  expect((await stack.request('POST', '/v1/main/changes', body)).status).toBe(202);
  await stack.deliverAll();
}

const list = (query: string) => stack.get(`/v1/main/records/thing?limit=100&${query}`);
async function found(filter: object): Promise<readonly number[]> {
  const { status, body } = await list(`sort=n&filter=${encodeURIComponent(JSON.stringify(filter))}`);
  expect({ status, body: status === 200 ? null : body }).toEqual({ status: 200, body: null });
  return body.data.map(({ n }: { n: number }) => n);
}

async function byHand(condition: string, params: readonly unknown[]): Promise<readonly unknown[]> {
  const rows = await stack.parts.sql(
    `select t.n from (select n, nullif(meta->'size', 'null') as v, nullif(meta->'inner'->'list'->0, 'null') as w
      from main_data.thing) as t where ${condition} order by t.n`,
    params,
  );
  return rows.map(({ n }) => n);
}

const json = (value: unknown) => JSON.stringify(value);
/** Each operator, and the same by hand over the value `v` within the JSON. */
const OPERATORS: Readonly<
  Record<string, (value: unknown) => readonly [condition: string, params: readonly unknown[]]>
> = {
  _eq: (value) => ['v = $1', [json(value)]],
  _ne: (value) => ['v is distinct from $1', [json(value)]],
  _lt: (value) => ['jsonb_typeof(v) = jsonb_typeof($1) and v < $1', [json(value)]],
  _lte: (value) => ['jsonb_typeof(v) = jsonb_typeof($1) and v <= $1', [json(value)]],
  _gt: (value) => ['jsonb_typeof(v) = jsonb_typeof($1) and v > $1', [json(value)]],
  _gte: (value) => ['jsonb_typeof(v) = jsonb_typeof($1) and v >= $1', [json(value)]],
  _contains: (value) =>
    typeof value === 'string'
      ? [`v @> $1 or jsonb_typeof(v) = 'string' and strpos(v #>> '{}', $2) > 0`, [json(value), value]]
      : ['v @> $1', [json(value)]],
};

describe('a value within JSON', () => {
  test('is compared as by hand, whatever kind it is of', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(OPERATORS)),
        fc.constantFrom(...SIZES.filter((size) => size !== null), [1], { a: 1, b: 2 }, 'b', 3),
        async (operator, value) => {
          const [condition, params] = OPERATORS[operator]?.(value) ?? [];
          expect(await found({ 'meta.size': { [operator]: value } })).toEqual(
            await byHand(condition ?? '', params ?? []),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('is one of several, none of them, or between two', async () => {
    expect(await found({ 'meta.size': { _in: [1, 'a', true] } })).toEqual(
      await byHand(`v in ('1', '"a"', 'true')`, []),
    );
    expect(await found({ 'meta.size': { _nin: [1, 'a', true] } })).toEqual(
      await byHand(`v not in ('1', '"a"', 'true') or v is null`, []),
    );
    expect(await found({ 'meta.size': { _between: [0, 2.5] } })).toEqual(
      await byHand(`v in ('0', '1', '2.5')`, []),
    );
    expect(await found({ 'meta.size': { _null: true } })).toEqual(await byHand('v is null', []));
    expect(await found({ 'meta.size': { _null: false } })).toEqual(await byHand('v is not null', []));
  });

  test('is a text where texts are asked for', async () => {
    for (const [operator, value, sizes] of [
      ['_icontains', 'B', ['ab']],
      ['_icontains', '%', []],
      ['_startsWith', 'a', ['a', 'ab']],
      ['_endsWith', 'b', ['ab']],
    ] as const) {
      const expected = await byHand('v = any ($1::jsonb[])', [sizes.map(json)]);
      expect(await found({ meta: { size: { [operator]: value } } })).toEqual(expected);
    }
  });

  test('is deep, in a list, and behind a reference', async () => {
    expect(await found({ 'meta.inner.list.0': { _eq: 'ab' } })).toEqual(await byHand(`w = '"ab"'`, []));
    expect(await found({ meta: { inner: { list: { 0: { _eq: 'ab' } } } } })).toEqual(
      await byHand(`w = '"ab"'`, []),
    );
    expect(await found({ 'meta.größe': { _eq: 1 } })).toHaveLength(1);
    expect(await found({ 'meta.kebab-case': { _gt: 1 } })).toHaveLength(1);
    const owned = await stack.get('/v1/main/records/owner?filter[of.meta.inner.list.1][_eq]=x');
    expect(owned.body.data).toHaveLength(1);
    expect((await stack.get('/v1/main/records/owner?filter[of.meta.inner.list.1][_eq]=y')).body.data).toEqual(
      [],
    );
  });

  test('is JSON in a query string, and a text where it is none', async () => {
    const size = async (query: string) =>
      (await list(`sort=n&filter[meta.size]${query}`)).body.data.map(
        ({ meta }: { meta: { size: unknown } }) => meta.size,
      );
    expect(await size('[_eq]=1')).toEqual([1]);
    expect(await size('[_eq]="2"')).toEqual(['2']);
    expect(await size('[_eq]=true')).toEqual([true]);
    expect(await size('[_eq]=ab')).toEqual(['ab']);
    expect(await size('[_in]=1,ab')).toEqual([1, 'ab']);
    expect((await list('sort=n&filter[meta][size][_eq]=ab')).body.data).toHaveLength(1);
  });

  test('gives an order, page by page', async () => {
    const rows = await stack.parts.sql(
      `select n from main_data.thing order by nullif(meta #> '{inner,size}', 'null') desc nulls first, n desc`,
    );
    const seen: number[] = [];
    let cursor = '';
    do {
      const { body } = await stack.get(`/v1/main/records/thing?sort=-meta.inner.size,-n&limit=7${cursor}`);
      seen.push(...body.data.map(({ n }: { n: number }) => n));
      cursor = body.page.next ? `&cursor=${body.page.next}` : '';
    } while (cursor);
    expect(seen).toEqual(rows.map(({ n }) => n));
  });

  test('makes groups', async () => {
    const { body } = await stack.get(
      '/v1/main/records/thing/aggregate?group=meta.inner.list.1&count&sort=count',
    );
    expect(body.data).toEqual([
      { 'meta.inner.list.1': 'x', count: SIZES.length },
      { 'meta.inner.list.1': null, count: METAS.length - SIZES.length },
    ]);
  });

  test('is asked for by an index of some records, whatever the field is called by then', async () => {
    const where = { 'meta.size': { _gt: 0 } };
    await change(operations({ op: 'addIndex', model: 'thing', fields: ['n'], where }));
    const [index] = await stack.parts.sql(
      `select indexdef from pg_indexes where indexdef like '%(n) WHERE%'`,
    );
    expect(index?.['indexdef']).toContain(`meta #> '{size}'`);
    await change(operations({ op: 'renameField', model: 'thing', from: 'meta', to: 'about' }));
    const { body } = await stack.get('/v1/main/models/thing');
    expect(body.indexes).toEqual([expect.objectContaining({ where: { 'about.size': { _gt: 0 } } })]);
    await change(operations({ op: 'renameField', model: 'thing', from: 'about', to: 'meta' }));
  });

  test.each(['meta.', 'meta..a', 'meta._x', "meta.a'b", 'meta.a b', 'meta.{a}', `meta.${'a'.repeat(501)}`])(
    'is not found by %s, which is no path',
    async (path) => {
      for (const query of [
        `filter[${encodeURIComponent(path)}][_eq]=1`,
        `sort=${encodeURIComponent(path)}`,
      ]) {
        expect(await list(query)).toMatchObject({
          status: 400,
          body: { errors: [{ code: 'unknown_field' }] },
        });
      }
    },
  );
});

describe('JSON as a whole', () => {
  test('holds members, elements and texts', async () => {
    const held = async (value: unknown) => found({ meta: { _contains: value } });
    expect(await held({ inner: { list: ['x'] } })).toEqual(SIZES.map((_, n) => n));
    expect(await held({ size: 'ab' })).toHaveLength(1);
    expect(await held('b')).toEqual(
      await byHand('n = any ($1)', [METAS.flatMap((meta, n) => (meta === 'ab' ? [n] : []))]),
    );
  });
});
