import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRows } from '../../examples/data-file.ts';
import { InProcess } from '../stack/in-process.ts';
import { argumentOf, BY_HAND, type OperatorName, TEXT_OPERATORS } from './by-hand.ts';

/** The movies of vega-datasets, as a model and as a table by hand that was filled from the same file. */
const FIELDS = {
  title: { column: 'title', type: 'text', sql: 'text' },
  gross: { column: 'worldwide_gross', type: 'bigint', sql: 'bigint' },
  budget: { column: 'production_budget', type: 'decimal', sql: 'numeric' },
  released: { column: 'release_date', type: 'date', sql: 'date' },
  rating: { column: 'mpaa_rating', type: 'text', sql: 'text' },
  genre: { column: 'major_genre', type: 'text', sql: 'text' },
  tomatoes: { column: 'rotten_tomatoes_rating', type: 'integer', sql: 'integer' },
  imdb: { column: 'imdb_rating', type: 'float', sql: 'double precision' },
} as const;
type FieldName = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as readonly FieldName[];

let stack: InProcess;
const pools = new Map<FieldName, readonly string[]>();
let directors: readonly string[];

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  const fields = NAMES.map((name) => ({ name, type: FIELDS[name].type }));
  const models = [
    { name: 'director', key: 'text', fields: [{ name: 'name', type: 'text' }] },
    {
      name: 'movie',
      fields: [{ name: 'n', type: 'integer' }, ...fields, { name: 'by', type: 'reference', to: 'director' }],
    },
  ];
  expect((await stack.request('POST', '/v1/main/changes', { models })).status).toBe(202);
  await stack.deliverAll();
  const rows = await readRows('movies.json');
  const movies = rows.map((row, n) => {
    const values = NAMES.map((name) => {
      const value = row[FIELDS[name].column] ?? null;
      if (value === null || typeof value === 'boolean') return [name, null] as const;
      const { type } = FIELDS[name];
      if (type === 'date') return [name, new Date(`${value} UTC`).toISOString().slice(0, 10)] as const;
      return [name, type === 'integer' || type === 'float' ? Number(value) : String(value)] as const;
    });
    return { n, ...Object.fromEntries(values), by: row['director'] ?? null };
  });
  directors = [...new Set(movies.flatMap(({ by }) => (by === null ? [] : [String(by)])))];
  for (const [name, n] of NAMES.map((name, n) => [name, n] as const)) {
    const known = movies.flatMap((movie) => Object.entries(movie)[n + 1]?.[1] ?? []).map(String);
    pools.set(name, [...new Set(known)]);
  }
  const sent = [
    ['director', directors.map((name) => ({ id: name, name }))],
    ['movie', movies],
  ] as const;
  for (const [model, records] of sent) {
    const made = await stack.request('POST', `/v1/main/records/${model}`, records, {
      Prefer: 'return=minimal',
    });
    expect(made.body?.errors ?? made.status).toBe(201);
  }
  const columns = NAMES.map((name) => `${name} ${FIELDS[name].sql}`).join(', ');
  await stack.parts.sql(
    `create table public.movies as
    select * from json_to_recordset($1) as m (n integer, ${columns}, by text)`,
    [JSON.stringify(movies)],
  );
}, 120_000);
afterAll(() => stack.stop());

/** The numbers of the movies that a filter finds, page by page. */
async function found(filter: object): Promise<readonly number[]> {
  const query = `select=n&sort=n&limit=1000&count=exact&filter=${encodeURIComponent(JSON.stringify(filter))}`;
  const numbers: number[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const { body } = await stack.get(
      `/v1/main/records/movie?${query}${next === '' ? '' : `&cursor=${next}`}`,
    );
    expect(body.errors ?? []).toEqual([]);
    numbers.push(...body.data.map(({ n }: { n: number }) => n));
    next = body.page.next;
    if (next === null) expect(body.page.total).toBe(numbers.length);
  }
  return numbers;
}

async function byHand(condition: string, values: readonly unknown[]): Promise<readonly unknown[]> {
  const rows = await stack.parts.sql(`select n from public.movies where ${condition} order by n`, [values]);
  return rows.map(({ n }) => n);
}

const comparisons = fc.constantFrom(...NAMES).chain((name) => {
  const isText = FIELDS[name].type === 'text';
  const operators = (Object.keys(BY_HAND) as OperatorName[]).filter(
    (operator) => isText || !TEXT_OPERATORS.includes(operator),
  );
  return fc.record({
    name: fc.constant(name),
    operator: fc.constantFrom(...operators),
    // Which of the values that there are, and which part of a text.
    places: fc.tuple(fc.nat(), fc.nat()),
    part: fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 5 })),
  });
});

describe('over data that nobody here made up', () => {
  test('every operator finds what the query by hand does', async () => {
    await fc.assert(
      fc.asyncProperty(comparisons, async ({ name, operator, places, part: [from, length] }) => {
        const pool = pools.get(name) ?? [];
        const values = places.map((place) => pool[place % pool.length] ?? '');
        if (TEXT_OPERATORS.includes(operator)) values[0] = (values[0] ?? '').slice(from, from + length);
        const condition = BY_HAND[operator](name, FIELDS[name].sql).replaceAll('$1', '($1::text[])');
        const expected = await byHand(condition, values);
        expect(await found({ [name]: { [operator]: argumentOf(operator, values) } })).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test('so does a path to another model', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...directors),
        fc.constantFrom('_eq', '_ne', '_gt'),
        async (name, operator) => {
          const condition = BY_HAND[operator]('by', 'text').replaceAll('$1', '($1::text[])');
          expect(await found({ by: { name: { [operator]: name } } })).toEqual(
            await byHand(condition, [name]),
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  test('groups have the sums and averages that the query by hand gives', async () => {
    const { body } = await stack.get(
      '/v1/main/records/movie/aggregate?group=genre,rating&count&sum=gross,budget&avg=imdb&min=released&max=released&countDistinct=by&limit=1000',
    );
    const rows = await stack.parts.sql(
      `select json_build_object('genre', genre, 'rating', rating, 'count', count(*),
        'sum', json_build_object('gross', sum(gross)::text, 'budget', sum(budget)::text),
        'avg', json_build_object('imdb', avg(imdb)), 'min', json_build_object('released', min(released)),
        'max', json_build_object('released', max(released)),
        'countDistinct', json_build_object('by', count(distinct by))) as "group"
      from public.movies group by genre, rating order by genre, rating`,
    );
    expect(body.data.length).toBeGreaterThan(50);
    expect(body.data).toEqual(rows.map(({ group }) => group));
  });
});
