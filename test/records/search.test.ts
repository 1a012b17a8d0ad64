import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;
const TEXTS = [
  ['The Old Man and the Sea', 'a fish'],
  ['Sea, sea, sea', 'the sea, the sea'],
  ['An old house', 'by the lake'],
  ['Nothing', null],
];

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  await change({
    models: [
      {
        name: 'book',
        fields: [
          { name: 'title', type: 'text' },
          { name: 'about', type: 'text' },
          { name: 'year', type: 'integer' },
        ],
      },
      { name: 'mark', fields: [{ name: 'n', type: 'integer' }] },
    ],
  });
  const records = TEXTS.map(([title, about], n) => ({ title, about, year: n }));
  expect((await stack.request('POST', '/v1/main/records/book', records)).status).toBe(201);
});
afterAll(() => stack.stop());

async function change(body: object) {
  expect((await stack.request('POST', '/v1/main/changes', body)).status).toBe(202);
  await stack.deliverAll();
}

const list = (query: string, model = 'book') => stack.get(`/v1/main/records/${model}?${query}`);
const years = async (query: string) =>
  (await list(query)).body.data.map(({ year }: { year: number }) => year);

describe.each(['over all texts', 'over a full-text index'])('a search, %s', (how) => {
  beforeAll(async () => {
    if (how !== 'over all texts')
      await change(
        operations({ op: 'addIndex', model: 'book', fields: ['title', 'about'], kind: 'fullText' }),
      );
  });

  test('finds words in whatever form of case, the best match first', async () => {
    expect(await years('search=SEA')).toEqual([1, 0]);
    expect(await years('search=old sea')).toEqual([0]);
    expect(await years('search="old man"')).toEqual([0]);
    expect(await years('search=old -man')).toEqual([2]);
    expect(await years('search=lake or fish&sort=-year')).toEqual([2, 0]);
    expect(await years('search=whale')).toEqual([]);
  });

  test('goes with filters, totals, and cursors over the rank', async () => {
    expect(await years('search=sea&filter[year][_gt]=0')).toEqual([1]);
    const first = await list('search=sea&limit=1&count=exact');
    expect(first.body).toMatchObject({ data: [{ year: 1 }], page: { total: 2 } });
    expect(await years(`search=sea&limit=1&cursor=${first.body.page.next}`)).toEqual([0]);
  });
});

test('a full-text index serves a search', async () => {
  await stack.parts.sql(
    `insert into main_data.book (title) select 'word' || n from generate_series(1, 5000) as n`,
  );
  await stack.parts.sql('vacuum analyze main_data.book');
  stack.parts.traffic.clear();
  await list('search=word77');
  const [text = ''] = stack.parts.traffic.statements;
  const plan = await stack.parts.sql(`explain ${text.replaceAll('$1', `'word77'`).replaceAll('$2', '26')}`);
  expect(JSON.stringify(plan)).toContain('Bitmap Index Scan');
});

test.each([
  ['search=', 'book', 'invalid_value'],
  ['search=x', 'mark', 'not_searchable'],
  ['count=some', 'book', 'invalid_value'],
])('%s of %s is refused', async (query, model, code) => {
  const { status, body } = await list(query, model);
  expect({ status, code: body.errors[0].code }).toEqual({ status: 400, code });
});

test('an estimated total is what Postgres expects', async () => {
  await stack.parts.sql('analyze main_data.book');
  const total = async (query: string) => (await list(`count=estimated&limit=1${query}`)).body.page.total;
  expect(await total('')).toBe(5004);
  const some = await total('&filter[year][_null]=false');
  expect(some).toBeGreaterThanOrEqual(1);
  expect(some).toBeLessThan(100);
  expect(await total(`&search=word77&filter[title][_eq]=it's`)).toBeLessThan(100);
});
