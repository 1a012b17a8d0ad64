import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putModel } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';

const TAGS = ['a', 'b', 'c', 'd', 'e'];
const SOME = '0197aaaa-0000-7000-8000-000000000001';

describe('records with lists of references', () => {
  let system: InProcess;
  /** The join table of `movie.tags`, quoted. */
  let links: string;
  const path = (model: string, id?: string) => `/v1/main/records/${model}${id ? `/${id}` : ''}`;
  const send = async (method: string, model: string, id?: string, body?: unknown) => {
    const answer = await system.request(method, path(model, id), body);
    expect(answer.body.errors ?? answer.status).toBe(answer.status);
    return answer.body;
  };
  const list = (query: string) => system.get(`${path('movie')}?limit=1000&sort=id&${query}`);
  const idsOf = (answer: { readonly body: { readonly data: readonly { readonly id: string }[] } }) =>
    answer.body.data.map(({ id }) => id);

  async function settled<T>(sent: Promise<T>): Promise<T> {
    let isAnswered = false;
    const answer = sent.finally(() => {
      isAnswered = true;
    });
    while (!isAnswered) {
      await system.deliverAll();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return answer;
  }

  beforeAll(async () => {
    system = await InProcess.start();
    await settled(putModel(system, 'tag', { key: 'text', fields: [] }));
    const fields = [
      { name: 'title', type: 'text' },
      { name: 'tags', type: 'references', to: 'tag' },
    ];
    for (const name of ['movie', 'played']) await settled(putModel(system, name, { fields }));
    const shown = await system.parts.sql(
      "select d.body from remodel.models m join remodel.definitions d on d.hash = m.hash where m.name = 'movie'",
    );
    links = `main_data."${JSON.parse(String(shown[0]?.['body'])).fields[1].column}"`;
    await send(
      'POST',
      'tag',
      undefined,
      TAGS.map((id) => ({ id })),
    );
    const movies = fc.sample(fc.record({ tags: fc.shuffledSubarray(TAGS, { maxLength: 3 }) }), {
      numRuns: 1000,
      seed: 3,
    });
    await send('POST', 'movie', undefined, movies);
    await system.parts.sql('analyze');
  });
  afterAll(() => system.stop());

  const has = (tags: readonly string[]) =>
    `exists (select from ${links} l where l.source = m.id and l.target = any (array['${tags.join("','")}']))`;

  test.each<[string, unknown, () => string]>([
    ['one that they hold', { _contains: 'a' }, () => has(['a'])],
    ['all that they hold', { _contains: ['a', 'b'] }, () => `${has(['a'])} and ${has(['b'])}`],
    ['any of several', { _in: ['a', 'b'] }, () => has(['a', 'b'])],
    ['none of several', { _nin: ['a', 'b'] }, () => `not ${has(['a', 'b'])}`],
    ['none at all', { _null: true }, () => `not ${has(TAGS)}`],
    ['some at all', { _null: false }, () => has(TAGS)],
    ['one that nothing holds', { _contains: 'x' }, () => 'false'],
    ['several conditions', { _contains: 'a', _nin: ['b'] }, () => `${has(['a'])} and not ${has(['b'])}`],
  ])('are found by %s as by SQL written by hand', async (_what, condition, byHand) => {
    const rows = await system.parts.sql(`select id from main_data.movie m where ${byHand()} order by id`);
    const answer = await list(`select=id&filter=${encodeURIComponent(JSON.stringify({ tags: condition }))}`);
    expect(answer.body.errors ?? answer.status).toBe(200);
    expect(idsOf(answer)).toEqual(rows.map((row) => row['id']));
  });

  test('are found by a query string, within a tree, and counted', async () => {
    const rows = await system.parts.sql(
      `select id from main_data.movie m where ${has(['a'])} or not ${has(['c'])} order by id`,
    );
    const answer = await list(
      'select=id&count=exact&filter[_or][0][tags][_in]=a,x&filter[_or][1][_not][tags][_contains]=c',
    );
    expect(idsOf(answer)).toEqual(rows.map((row) => row['id']));
    expect(answer.body.page.total).toBe(rows.length);
  });

  test.each([
    ['an operator for one value', 'filter[tags][_eq]=a', 'filter[tags][_eq]'],
    ['an order by a list', 'sort=tags', 'sort'],
    ['no key', `filter=${encodeURIComponent('{"tags":{"_contains":7}}')}`, 'filter[tags][_contains]'],
    ['no list of keys', 'filter[tags][_in][x]=a', 'filter[tags][_in][x]'],
  ])('are not asked for by %s', async (_what, query, at) => {
    const refused = await system.get(`${path('movie')}?${query}`);
    expect(refused.body).toMatchObject({ status: 400, code: 'invalid_query', errors: [{ path: at }] });
  });

  /** The statements that a request makes. */
  async function statementsOf(request: () => Promise<unknown>): Promise<readonly string[]> {
    const { traffic } = system.parts;
    traffic.clear();
    await request();
    return traffic.entries.flatMap((entry) => (entry.proxy === 'neon' ? entry.statements : []));
  }

  test('are listed by the thousand in one statement, their links found by an index', async () => {
    let answer = await list('');
    const statements = await statementsOf(async () => {
      answer = await list('');
    });
    const rows = await system.parts.sql(
      `select m.id, coalesce(array_agg(l.target order by l.position) filter (where l.target is not null), '{}') as tags
      from main_data.movie m left join ${links} l on l.source = m.id group by m.id order by m.id`,
    );
    expect(answer.body.data.map(({ id, tags }: Record<string, unknown>) => ({ id, tags }))).toEqual(rows);
    expect(statements).toHaveLength(1);
    const [plan] = await system.parts.sql(
      `explain (analyze, format json) ${statements[0]?.replaceAll('$1', '1001')}`,
    );
    const nodes = nodesOf(plan).filter((node) => links.includes(String(node['Relation Name'])));
    expect(nodes.length).toBeGreaterThan(0);
    for (const node of nodes) {
      expect(node['Node Type']).not.toBe('Seq Scan');
      expect(node['Actual Loops']).toBeLessThanOrEqual(1001);
    }
  });

  test.each([
    ['to create one', 'POST', undefined, { tags: ['a'] }],
    ['to create many', 'POST', undefined, [{ tags: ['a'] }, { tags: [] }]],
    ['to change one', 'PATCH', SOME, { tags: ['b'] }],
    ['to replace one', 'PUT', SOME, { tags: ['b', 'a'] }],
    ['to read one', 'GET', SOME, undefined],
  ])('take one statement %s', async (_what, method, id, body) => {
    await send('PUT', 'played', SOME, {});
    expect(await statementsOf(() => send(method, 'played', id, body))).toHaveLength(1);
  });

  test('hold what was written last, whatever was written, deleted and refused before', async () => {
    const ids = [1, 2, 3].map((n) => `0197bbbb-0000-7000-8000-00000000000${n}`);
    const tags = fc.shuffledSubarray([...TAGS, 'nobody'], { maxLength: 4 });
    const id = fc.constantFrom(...ids);
    const write = fc.oneof(
      fc.record({ kind: fc.constantFrom('PUT', 'PATCH', 'POST'), id, tags }),
      fc.record({ kind: fc.constant('DELETE'), id }),
      fc.record({ kind: fc.constant('drop'), tag: fc.constantFrom(...TAGS) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 12 }), async (writes) => {
        const expected = new Map<string, readonly string[]>();
        for (const one of ids) await system.request('DELETE', path('played', one));
        for (const one of writes) {
          if ('tag' in one) {
            expect((await system.request('DELETE', path('tag', one.tag))).status).toBe(204);
            for (const [movie, had] of expected)
              expected.set(
                movie,
                had.filter((tag) => tag !== one.tag),
              );
            // Back for the next write, in no list.
            await send('POST', 'tag', undefined, { id: one.tag });
            continue;
          }
          if (!('tags' in one)) {
            const { status } = await system.request('DELETE', path('played', one.id));
            expect(status).toBe(expected.delete(one.id) ? 204 : 404);
            continue;
          }
          const isThere = expected.has(one.id);
          const fits = !one.tags.includes('nobody');
          const isPost = one.kind === 'POST';
          const body = { title: one.kind, tags: one.tags, ...(isPost ? { id: one.id } : {}) };
          const answer = await system.request(one.kind, path('played', isPost ? undefined : one.id), body);
          const isRefused = isPost ? isThere || !fits : !fits || (one.kind === 'PATCH' && !isThere);
          expect(answer.status >= 400).toBe(isRefused);
          if (answer.status < 400) {
            expected.set(one.id, one.tags);
            expect(answer.body.tags).toEqual(one.tags);
          }
        }
        const answer = await system.get(`${path('played')}?filter[id][_in]=${ids.join()}&sort=id`);
        const held = answer.body.data.map(({ id: movie, tags: had }: Record<string, unknown>) => [
          movie,
          had,
        ]);
        expect(held).toEqual([...expected].toSorted(([a], [b]) => (a < b ? -1 : 1)));
      }),
      { numRuns: 25 },
    );
  });
});

/** The nodes of a plan that Postgres explains, in any depth. */
function nodesOf(value: unknown): readonly Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(nodesOf);
  return 'Node Type' in value ? [{ ...value }, ...inner] : inner;
}
