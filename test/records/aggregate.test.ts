import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  await stack.request('POST', '/v1/main/changes', {
    models: [
      {
        name: 'person',
        fields: [
          { name: 'name', type: 'text' },
          { name: 'city', type: 'text' },
        ],
      },
      {
        name: 'movie',
        fields: [
          { name: 'rating', type: 'choice', options: ['G', 'PG', 'R'] },
          { name: 'stars', type: 'integer' },
          { name: 'gross', type: 'bigint' },
          { name: 'cost', type: 'decimal', precision: 12, scale: 2 },
          { name: 'score', type: 'float' },
          { name: 'released', type: 'date' },
          { name: 'added', type: 'timestamp' },
          { name: 'tags', type: 'choices', options: ['a', 'b'] },
          { name: 'shape', type: 'json' },
          { name: 'director', type: 'reference', to: 'person' },
          { name: 'cast', type: 'references', to: 'person' },
        ],
      },
    ],
  });
  await stack.deliverAll();
  const people: string[] = [];
  for (const [name, city] of [
    ['Ada', 'Rome'],
    ['Bob', 'Rome'],
    ['Cy', null],
  ]) {
    people.push((await stack.request('POST', '/v1/main/records/person', { name, city })).body.id);
  }
  const records = Array.from({ length: 60 }, (_, n) => ({
    rating: [null, 'G', 'PG', 'R'][n % 4],
    stars: n % 7 === 0 ? null : n % 6,
    gross: n % 5 === 0 ? null : String((BigInt(n) * 900_000_000_000_000_000n) / 60n),
    cost: n % 9 === 0 ? null : `${n}.${n % 10}5`,
    score: n / 7,
    released: `20${20 + (n % 3)}-0${1 + (n % 9)}-1${n % 10}`,
    added: `2026-01-0${1 + (n % 4)}T${String(n % 24).padStart(2, '0')}:30:00+02:00`,
    director: people[n % 4] ?? null,
  }));
  const { status, body } = await stack.request('POST', '/v1/main/records/movie', records);
  expect(body.errors ?? status).toBe(201);
});
afterAll(() => stack.stop());

const aggregate = (query: string) => stack.get(`/v1/main/records/movie/aggregate?${query}`);

const FROM = 'from main_data.movie m left join main_data.person p on p.id = m.director';

describe('an aggregate', () => {
  test.each<[string, string]>([
    ['', `select json_build_object('count', count(*)) as r ${FROM}`],
    ['count', `select json_build_object('count', count(*)) as r ${FROM}`],
    [
      'sum=stars,gross,cost',
      `select json_build_object('sum', json_build_object('stars', sum(stars), 'gross', trim_scale(sum(gross))::text, 'cost', trim_scale(sum(cost))::text)) as r ${FROM}`,
    ],
    [
      'avg=stars,score',
      `select json_build_object('avg', json_build_object('stars', avg(stars)::float8, 'score', avg(score))) as r ${FROM}`,
    ],
    [
      'avg=gross,cost&count',
      `select json_build_object('count', count(*), 'avg', json_build_object('gross', trim_scale(avg(gross))::text, 'cost', trim_scale(avg(cost))::text)) as r ${FROM}`,
    ],
    [
      'min=gross,released&max=stars,rating',
      `select json_build_object('min', json_build_object('gross', min(gross)::text, 'released', min(released)), 'max', json_build_object('stars', max(stars), 'rating', max(rating))) as r ${FROM}`,
    ],
    [
      'countDistinct=rating,director.city',
      `select json_build_object('countDistinct', json_build_object('rating', count(distinct rating), 'director.city', count(distinct p.city))) as r ${FROM}`,
    ],
    [
      'group=rating',
      `select json_build_object('rating', rating, 'count', count(*)) as r ${FROM} group by rating order by rating`,
    ],
    [
      'group=rating&filter[stars][_gt]=2&sum=stars',
      `select json_build_object('rating', rating, 'sum', json_build_object('stars', sum(stars))) as r ${FROM} where stars > 2 group by rating order by rating`,
    ],
    [
      'group=director.city,rating&count&sort=-count',
      `select json_build_object('director.city', p.city, 'rating', rating, 'count', count(*)) as r ${FROM} group by p.city, rating order by count(*) desc, p.city, rating`,
    ],
    [
      'group=released:year&count',
      `select json_build_object('released:year', date_trunc('year', released)::date, 'count', count(*)) as r ${FROM} group by date_trunc('year', released) order by date_trunc('year', released)`,
    ],
    [
      'group=added:day&max=score&sort=-max.score',
      `select json_build_object('added:day', date_trunc('day', added, 'UTC'), 'max', json_build_object('score', max(score))) as r ${FROM} group by date_trunc('day', added, 'UTC') order by max(score) desc, date_trunc('day', added, 'UTC')`,
    ],
    [
      'group=stars&count&having[count][_gte]=9',
      `select json_build_object('stars', stars, 'count', count(*)) as r ${FROM} group by stars having count(*) >= 9 order by stars`,
    ],
    [
      'group=rating&sum=cost&having[_or][0][sum.cost][_gt]=400.5&having[_or][1][rating][_null]=true',
      `select json_build_object('rating', rating, 'sum', json_build_object('cost', trim_scale(sum(cost))::text)) as r ${FROM} group by rating having sum(cost) > 400.5 or rating is null order by rating`,
    ],
    [
      'count&filter[cast][_null]=true&filter[director.name][_eq]=Bob',
      `select json_build_object('count', count(*)) as r ${FROM} where p.name = 'Bob'`,
    ],
    [
      'sum=stars&filter[stars][_gt]=100',
      `select json_build_object('sum', json_build_object('stars', null)) as r`,
    ],
  ])('%s says what the same says in SQL', async (query, sql) => {
    const { status, body } = await aggregate(query);
    expect(body.errors ?? status).toBe(200);
    const byHand = (await stack.parts.sql(sql)).map((row) => row['r']);
    expect(withMoments(body.data)).toEqual(withMoments(byHand));
  });

  test('goes on page by page', async () => {
    const found: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await aggregate(
        `group=rating,stars&limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      found.push(...body.data);
      cursor = body.page.next;
    }
    expect(found).toEqual((await aggregate('group=rating,stars&limit=1000')).body.data);
    expect(found.length).toBeGreaterThan(14);
  });

  test.each([
    ['group=nothing', 'group', 'unknown_field'],
    ['group=cast', 'group', 'not_groupable'],
    ['group=cast.name', 'group', 'not_one_value'],
    ['group=rating:year', 'group', 'invalid_value'],
    ['group=released:hour', 'group', 'invalid_value'],
    ['sum=rating', 'sum', 'not_aggregable'],
    ['avg=released', 'avg', 'not_aggregable'],
    ['max=director', 'max', 'not_aggregable'],
    ['count&sort=stars', 'sort', 'unknown_field'],
    ['count&having[stars][_gt]=1', 'having[stars][_gt]', 'unknown_field'],
    ['count&cursor=x', 'cursor', 'invalid_cursor'],
    ['count&expand=director', 'expand', 'unknown_parameter'],
    ['count&limit=0', 'limit', 'invalid_value'],
    ['count=cost', 'count', 'invalid_value'],
    ['sum=cost&sum=id', 'sum', 'invalid_value'],
  ])('%s is refused, with the place', async (query, path, code) => {
    const { status, body } = await aggregate(query);
    expect({ status, path: body.errors?.[0]?.path, code: body.errors?.[0]?.code }).toEqual({
      status: 400,
      path,
      code,
    });
  });

  test('says so where a sum runs over', async () => {
    for (let n = 0; n < 2; n++) await stack.request('POST', '/v1/main/records/movie', { score: 1.7e308 });
    const { status, body } = await aggregate('sum=score');
    expect({ status, detail: body.detail }).toEqual({
      status: 400,
      detail: expect.stringContaining('runs over'),
    });
  });
});

/** Moments as one text, whatever their offset. */
function withMoments(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value).replace(/"(\d{4}-\d\d-\d\dT[\d:.]+[+-][\d:]+)"/g, (_, text) =>
      JSON.stringify(new Date(text).toISOString()),
    ),
  );
}
