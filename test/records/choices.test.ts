import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

const OPTIONS = ['G', 'PG', 'a, b', '{"x"}\\', 'NULL', 'ä🎬'];

/** Each operator as a person would write it in SQL, over `$1` as an array of texts. */
const BY_HAND = {
  _eq: `(select array_agg(e order by e) from unnest(tags) e) is not distinct from (select array_agg(e order by e) from unnest($1::text[]) e) and tags is not null`,
  _ne: `(select array_agg(e order by e) from unnest(tags) e) is distinct from (select array_agg(e order by e) from unnest($1::text[]) e) or tags is null`,
  _contains: `not exists (select from unnest($1::text[]) e where e <> all (tags)) and tags is not null`,
  _in: `exists (select from unnest($1::text[]) e where e = any (tags))`,
  _nin: `not exists (select from unnest($1::text[]) e where e = any (tags))`,
} as const;

describe('choices', () => {
  let system: System;
  const idsOf = (answer: { readonly body: { readonly data: readonly { readonly id: string }[] } }) =>
    answer.body.data.map(({ id }) => id);
  const filtered = async (filter: object) => {
    const answer = await system.edge.get(
      `/v1/main/records/post?select=id&limit=1000&filter=${encodeURIComponent(JSON.stringify(filter))}`,
    );
    expect(answer.body.errors ?? answer.status).toBe(200);
    return idsOf(answer);
  };

  beforeAll(async () => {
    system = await startSystem();
    const put = await putModel(system.edge, 'post', {
      fields: [
        { name: 'tags', type: 'choices', options: OPTIONS, index: true },
        { name: 'few', type: 'choices', options: OPTIONS, minLength: 1, maxLength: 2, default: ['G'] },
      ],
    });
    expect(put.body.error ?? put.status).toBe(201);
    const tags = fc.sample(fc.option(fc.shuffledSubarray(OPTIONS)), { numRuns: 200, seed: 5 });
    const made = await system.edge.request(
      'POST',
      '/v1/main/records/post',
      tags.map((list) => ({ tags: list })),
    );
    expect(made.body.errors ?? made.status).toBe(201);
  });
  afterAll(() => system.stop());

  test.each(Object.entries(BY_HAND))(
    'found by %s are those of the query written by hand',
    async (operator, sql) => {
      const lists = fc.sample(fc.shuffledSubarray(OPTIONS, { minLength: 1 }), { numRuns: 25, seed: 6 });
      for (const list of [...lists, ...OPTIONS.map((option) => [option])]) {
        const rows = await system.sql(`select id from main_data.post where ${sql} order by id`, [list]);
        expect(await filtered({ tags: { [operator]: list } })).toEqual(rows.map((row) => row['id']));
      }
    },
  );

  test('are found by one option as a text, which may hold commas, and by lists in the query string', async () => {
    const get = async (query: string) =>
      idsOf(await system.edge.get(`/v1/main/records/post?limit=1000&${query}`));
    expect(await get('filter[tags][_contains]=a, b')).toEqual(
      await filtered({ tags: { _contains: ['a, b'] } }),
    );
    expect(await get('filter[tags][_in]=G,PG')).toEqual(await filtered({ tags: { _in: ['PG', 'G'] } }));
    expect(await get('filter[tags][_nin][0]=a, b&filter[tags][_nin][1]=G')).toEqual(
      await filtered({ tags: { _nin: ['G', 'a, b'] } }),
    );
    expect(await get('filter[tags][_eq]=PG,G')).toEqual(await filtered({ tags: { _eq: ['G', 'PG'] } }));
    expect(await get('filter[tags][_eq]=["a, b"]')).toEqual(await filtered({ tags: { _eq: ['a, b'] } }));
    expect(await get('filter[tags][_eq]=')).toEqual(await filtered({ tags: { _eq: [] } }));
    expect(await get('filter[tags][_null]=true')).not.toEqual([]);
  });

  test('have no order, and take no operator of single texts', async () => {
    const answers = [
      'sort=tags',
      'filter[tags][_lt]=G',
      'filter[tags][_startsWith]=G',
      'filter[tags][_contains][a]=G',
    ];
    for (const query of answers) {
      expect((await system.edge.get(`/v1/main/records/post?${query}`)).status).toBe(400);
    }
  });

  test('are counted by minLength and maxLength, and known, each once: to the Worker and to Postgres', async () => {
    for (const few of [[], ['G', 'PG', 'NULL'], ['G', 'G'], ['X']]) {
      const sent = await system.edge.request('POST', '/v1/main/records/post', { few });
      expect(sent.body).toMatchObject({ code: 'validation_failed', errors: [{ path: '/few' }] });
      const written = system.sql('insert into main_data.post (few) values ($1)', [few]);
      await expect(written).rejects.toMatchObject({ code: '23514' });
    }
    for (const few of ['{NULL}', '{{G,PG}}']) {
      const written = system.sql(`insert into main_data.post (few) values ('${few}')`);
      await expect(written).rejects.toMatchObject({ code: '23514' });
    }
    const made = await system.edge.request('POST', '/v1/main/records/post', {});
    expect(made.body).toMatchObject({ tags: null, few: ['G'] });
    await system.edge.request('DELETE', `/v1/main/records/post/${made.body.id}`);
  });

  test('with an index have a GIN index, which the filters use', async () => {
    const indexes = await system.sql(
      "select indexdef from pg_indexes where tablename = 'post' and indexname like '%_idx'",
    );
    expect(indexes).toEqual([{ indexdef: expect.stringContaining('USING gin (tags)') }]);
    await system.sql('set enable_seqscan = off');
    const wanted =
      "select id from main_data.post where tags @> '{G}' and tags <@ '{G}' union all select id from main_data.post where tags && '{G}'";
    const plan = await system.sql(`explain (costs off) ${wanted}`);
    expect(JSON.stringify(plan)).not.toContain('Seq Scan');
  });

  test('stand in no index with others, and in none that is unique', async () => {
    for (const index of [
      { fields: ['tags', 'id'] },
      { fields: ['tags'], unique: true },
      { fields: ['-tags'] },
      { fields: ['tags'], kind: 'fullText' },
    ]) {
      const op = { op: index.unique ? 'addUnique' : 'addIndex', model: 'post', ...index };
      const { unique: _unique, ...wanted } = op;
      const refused = await change(system.edge, operations(wanted));
      expect(refused.body).toMatchObject({
        status: 422,
        errors: [{ path: '/operations/0/fields/0', code: 'conflicting_properties' }],
      });
    }
  });
});
