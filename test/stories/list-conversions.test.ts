import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operations } from '../stack/changes.ts';
import { hasSql, holdFirst, isMigrators } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';
import { hashOf } from '../stack/model-hash.ts';

/** Grace ends when a test says so. */
let stack: InProcess;
/** A session of somebody else. */
let other: pg.Client;
let count = 0;
let movie: string;
let tag: string;

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '3600' });
  other = new pg.Client({ connectionString: stack.parts.urls.owner });
  await other.connect();
});
afterAll(async () => {
  await other.end();
  await stack.stop();
});
beforeEach(() => {
  count += 1;
  movie = `movie_${count}x`;
  tag = `tag_${count}`;
});
afterEach(() => stack.parts.traffic.reset());

async function send(method: string, path: string, body?: object) {
  const answer = await stack.request(method, path, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const path = (id = '') => `/v1/main/records/${movie}${id === '' ? '' : `/${id}`}`;
const create = async (body: object): Promise<string> => (await send('POST', path(), body)).id;
const patch = (id: string, of: unknown) => send('PATCH', path(id), { of });
const read = async (id: string) => (await stack.get(path(id))).body.of;
const remove = async (id: string) => (await stack.request('DELETE', `/v1/main/records/${tag}/${id}`)).status;

/** A model `movie` with a field `of` beside a model `tag`, and tags. */
async function define(field: object, fields: readonly object[] = []): Promise<[string, string, string]> {
  await send('PUT', `/v1/main/models/${tag}`, { fields: [] });
  await send('PUT', `/v1/main/models/${movie}`, { fields: [{ name: 'of', to: tag, ...field }, ...fields] });
  await stack.deliverAll();
  const { data } = await send('POST', `/v1/main/records/${tag}`, [{}, {}, {}]);
  return data.map(({ id }: { readonly id: string }) => id);
}

const alter = (set: object) => operations({ op: 'alterField', model: movie, field: 'of', set });
const ask = (body: object) => stack.request('POST', '/v1/main/changes', body);

/** Sends a change and confirms its plan. */
async function start(body: object): Promise<string> {
  const { hash } = await send('POST', '/v1/main/plans', body);
  return (await send('POST', '/v1/main/changes', { ...body, confirm: hash })).id;
}

const stateOf = async (id: string) => (await stack.get(`/v1/main/changes/${id}`)).body;

async function publish(body: object): Promise<string> {
  const id = await start(body);
  await stack.deliverAll();
  expect((await stateOf(id)).error ?? (await stateOf(id)).status).toBe('published');
  return id;
}

async function endGrace(id: string): Promise<void> {
  await stack.parts.sql('update remodel.changes set contract_at = now() where id = $1', [id]);
  await stack.deliver({ workspace: 'main' });
  const { status, error } = await stateOf(id);
  expect(error ?? status).toBe('done');
}

/** Does something while the migrator is about to publish: all is filled, and the class before is the only one. */
async function beforePublish(body: object, act: () => Promise<void>): Promise<string> {
  const id = await start(body);
  const held = holdFirst(
    stack.parts.traffic,
    (entry) => isMigrators(entry) && hasSql(entry, 'access exclusive'),
  );
  const delivered = stack.deliverAll();
  await held.reached;
  try {
    await act();
  } finally {
    held.release();
    await delivered;
  }
  return id;
}

/** From here on the isolate hears of no publish, as from a replica of Redis that lags behind. */
async function hearNothing(): Promise<void> {
  const head = await stack.parts.redis.command(['HGET', 'heads:main', movie]);
  stack.parts.traffic.staleReads = ([name]) => (name?.toUpperCase() === 'HMGET' ? [head] : undefined);
}

async function hearAgain(): Promise<void> {
  stack.parts.traffic.staleReads = undefined;
}

const joinTable = async (): Promise<string> => {
  const rows = await stack.parts.sql(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where tablename like $1`,
    [`\\_${movie.replaceAll('_', '\\_')}\\_of\\_%`],
  );
  expect(rows).toHaveLength(1);
  return String(rows[0]?.['name']);
};

/** What the class before does to a record: the statement began before the publish, and ends after it. */
const setColumn = (id: string, value: string | null) =>
  stack.parts.sql(`update main_data.${movie} set of = $2 where id = $1`, [id, value]);
const setLinks = async (id: string, targets: readonly string[]) =>
  stack.parts.sql(
    `update main_data.${movie} as t set updated_at = now() where t.id = $1
    returning remodel.set_links($2, t.id, $3::uuid[])`,
    [id, await joinTable(), targets],
  );

/** What the change added and nobody needs any more. */
const leftovers = () =>
  stack.parts.sql(
    `select t.tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and c.relname like $1
    union all
    select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'main_data' and p.proname like $1
    union all
    select o.conname from pg_constraint o join pg_class c on c.oid = o.conrelid
    where not o.convalidated and c.relname like $1
    union all
    select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
    where i.indpred is not null and c.relname like $1`,
    [`%${movie}%`],
  );
const columns = async () => {
  const rows = await stack.parts.sql(
    `select column_name from information_schema.columns where table_schema = 'main_data' and table_name = $1
    order by ordinal_position`,
    [movie],
  );
  return rows.map((row) => row['column_name']).slice(3);
};

describe('a reference that becomes a list', () => {
  const one = { type: 'reference' };
  const toList = () => alter({ type: 'references' });

  test('serves the class before and the next one, until the column goes to the trash', async () => {
    const [a, b, c] = await define(one);
    const [kept, changed, emptied, none] = [
      await create({ of: a }),
      await create({ of: a }),
      await create({ of: a }),
      await create({}),
    ];
    let added = '';
    const change = await beforePublish(alter({ type: 'references', onDelete: 'cascade' }), async () => {
      added = await create({ of: c });
      await patch(changed, b);
      await patch(emptied, null);
      expect(await Promise.all([kept, changed, emptied, none, added].map(read))).toEqual([
        a,
        b,
        null,
        null,
        c,
      ]);
      expect(await remove(a)).toBe(409);
      // The isolate goes on with what it has.
      await hearNothing();
    });
    const before = hashOf(await stack.get(path()), movie);
    expect(await read(added)).toBe(c);
    await setColumn(kept, c);
    await setColumn(added, null);
    await hearAgain();
    expect(hashOf(await stack.get(path()), movie)).not.toBe(before);
    expect(await Promise.all([kept, changed, emptied, none, added].map(read))).toEqual([
      [c],
      [b],
      [],
      [],
      [],
    ]);
    await patch(kept, [b, a, c]);
    await patch(changed, []);
    await create({ of: [c, a] });
    // What the class before reads of it.
    const old = await stack.parts.sql(`select of from main_data.${movie} order by id`);
    expect(old.map((row) => row['of'])).toEqual([b, null, null, null, null, c]);
    expect(await remove(b)).toBe(204);
    expect(await read(kept)).toEqual([a, c]);
    expect(
      (await stack.parts.sql(`select of from main_data.${movie} where id = $1`, [kept]))[0]?.['of'],
    ).toBe(a);
    expect((await stack.request('PATCH', path(kept), { of: [b] })).body).toMatchObject({
      code: 'reference_violation',
      errors: [{ path: '/of/0' }],
    });
    await endGrace(change);
    expect(await leftovers()).toEqual([]);
    expect(await columns()).toEqual(['trash.of']);
    expect(await read(kept)).toEqual([a, c]);
    await patch(kept, [c]);
    expect(await read(kept)).toEqual([c]);
  });

  test('keeps its rule for deletes until it is published, and says what becomes of it', async () => {
    const [a, b] = await define({ ...one, onDelete: 'setNull' });
    const [first, second] = [await create({ of: a }), await create({ of: b })];
    const change = await beforePublish(alter({ type: 'references', onDelete: 'restrict' }), async () => {
      expect(await remove(a)).toBe(204);
      expect(await read(first)).toBeNull();
    });
    const { plan } = await stateOf(change);
    expect(plan.warnings).toEqual([
      `deleting a ${tag} is refused while a record refers to it by ${movie}.of; as long as that is a reference, it leaves the records that refer to it`,
    ]);
    expect(await Promise.all([first, second].map(read))).toEqual([[], [b]]);
    expect(await remove(b)).toBe(409);
    await endGrace(change);
    expect(await remove(b)).toBe(409);
  });

  test('keeps in step where two of what a list holds are deleted at once', async () => {
    const [a, b, c] = await define({ ...one, onDelete: 'setNull' });
    const id = await create({ of: a });
    const change = await publish(toList());
    await patch(id, [a, b, c]);
    await other.query('begin');
    await other.query(`delete from main_data.${tag} where id = $1`, [a]);
    const removed = remove(b);
    await waitForBlocked();
    await other.query('commit');
    expect(await removed).toBe(204);
    expect(await read(id)).toEqual([c]);
    expect(await stack.parts.sql(`select of from main_data.${movie}`)).toEqual([{ of: c }]);
    await endGrace(change);
  });

  test('takes another name in the same change, and asks that rules be taken away that no list can have', async () => {
    const [a] = await define({ ...one, required: true, unique: true, onDelete: 'cascade' });
    const id = await create({ of: a });
    const refused = await ask(toList());
    expect(refused.body.errors).toMatchObject([
      { path: '/operations/0/set/required', code: 'conflicting_properties' },
      { path: '/operations/0/set/unique', code: 'conflicting_properties' },
    ]);
    const change = await publish(alter({ type: 'references', name: 'tags', required: null, unique: null }));
    expect((await stack.get(path(id))).body).toMatchObject({ tags: [a] });
    await send('POST', path(), { tags: [a] });
    await endGrace(change);
    expect(await leftovers()).toEqual([]);
  });

  test('that refers to its own model, in records with other keys, is a list of them', async () => {
    await send('PUT', `/v1/main/models/${movie}`, {
      key: 'bigint',
      fields: [{ name: 'of', type: 'reference', to: movie, onDelete: 'setNull' }],
    });
    await stack.deliverAll();
    const first = await create({});
    const second = await create({ of: first });
    const change = await publish(toList());
    expect([await read(first), await read(second)]).toEqual([[], [first]]);
    await patch(first, [second, first]);
    await endGrace(change);
    expect(await leftovers()).toEqual([]);
    expect((await stack.request('DELETE', path(second))).status).toBe(204);
    expect(await read(first)).toEqual([first]);
  });

  test('waits for the writer of a record that it fills, and takes what that one wrote', async () => {
    const [a, b] = await define(one);
    const id = await create({ of: a });
    const change = await start(toList());
    const filling = holdFirst(
      stack.parts.traffic,
      (entry) => isMigrators(entry) && hasSql(entry, 'held as materialized'),
    );
    const delivered = stack.deliverAll();
    await filling.reached;
    await other.query('begin');
    await other.query(`update main_data.${movie} set of = $2 where id = $1`, [id, b]);
    filling.release();
    await waitForBlocked();
    await other.query('commit');
    await delivered;
    expect(await read(id)).toEqual([b]);
    await endGrace(change);
  });
});

/** Until a backend waits for the other session. */
async function waitForBlocked(): Promise<void> {
  for (;;) {
    const rows = await stack.parts.sql(
      `select pid from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
    );
    if (rows.length > 0) return;
  }
}

describe('a list that becomes a reference', () => {
  const list = { type: 'references' };
  const toOne = () => alter({ type: 'reference' });
  const conversions = (onError: unknown) => ({ conversions: { [`${movie}.of`]: { onError } } });

  test('serves the class before and the next one, until the links go to the trash', async () => {
    const [a, b, c] = await define(list);
    const [kept, changed, emptied, none] = [
      await create({ of: [a] }),
      await create({ of: [a] }),
      await create({ of: [a] }),
      await create({}),
    ];
    let added = '';
    const change = await beforePublish(toOne(), async () => {
      added = await create({ of: [c] });
      await patch(changed, [b]);
      await patch(emptied, []);
      expect(await Promise.all([kept, changed, emptied, none, added].map(read))).toEqual([
        [a],
        [b],
        [],
        [],
        [c],
      ]);
      await hearNothing();
    });
    expect(await read(added)).toEqual([c]);
    await setLinks(kept, [c]);
    await setLinks(added, []);
    await hearAgain();
    expect(await Promise.all([kept, changed, emptied, none, added].map(read))).toEqual([
      c,
      b,
      null,
      null,
      null,
    ]);
    await patch(kept, b);
    await patch(changed, null);
    const last = await create({ of: a });
    await hearNothing();
    // What the class before reads of it.
    const links = async () =>
      (await stack.parts.sql(`select source, target from ${await joinTable()} order by source`)).map(
        ({ source, target }) => [source, target],
      );
    expect(await links()).toEqual([
      [kept, b],
      [last, a],
    ]);
    await hearAgain();
    expect((await stack.request('PATCH', path(kept), { of: kept })).body).toMatchObject({
      code: 'reference_violation',
      errors: [{ path: '/of' }],
    });
    // A link was taken away; so is the reference, which says it by another word.
    expect((await send('GET', `/v1/main/models/${movie}`)).fields[0]).toMatchObject({ onDelete: 'setNull' });
    expect(await remove(b)).toBe(204);
    expect(await read(kept)).toBeNull();
    expect(await links()).toEqual([[last, a]]);
    await endGrace(change);
    expect(await leftovers()).toEqual([]);
    expect(await columns()).toEqual(['of']);
    expect(await joinTable()).toMatch(/^main_trash\./);
    await patch(last, c);
    expect(await read(last)).toBe(c);
    expect(await links()).toEqual([[last, a]]);
  });

  test('is refused where a record has several, with their number and samples, and touches nothing', async () => {
    const [a, b] = await define(list);
    await create({ of: [a] });
    const several = await create({ of: [b, a] });
    const refused = await ask(toOne());
    expect(refused.body).toMatchObject({
      code: 'preflight_failed',
      checks: [
        {
          kind: 'conversion',
          field: 'of',
          failing: 1,
          samples: [{ id: several, value: `{${b},${a}}` }],
        },
      ],
    });
    expect(await leftovers()).toEqual([]);
    expect(await columns()).toEqual([]);
  });

  test.each([
    ['none', 'null', () => null],
    ['the first', 'first', ([, second]: readonly string[]) => second],
    ['a given one', 'default', ([, , third]: readonly string[]) => third],
  ] as const)(
    'has %s of several where the request says so, once that is confirmed',
    async (_what, onError, expected) => {
      const tags = await define(list);
      const [a, b, c] = tags;
      const [several, single, empty] = [
        await create({ of: [b, a] }),
        await create({ of: [a] }),
        await create({ of: [] }),
      ];
      const body = { ...toOne(), ...conversions(onError === 'default' ? { default: c } : onError) };
      expect((await ask(body)).body).toMatchObject({
        code: 'destructive_unconfirmed',
        plan: { lossy: true },
      });
      const change = await beforePublish(body, async () => {
        // A list that is read stays whole for the class before.
        expect(await read(several)).toEqual([b, a]);
        await patch(single, [a, c]);
        await patch(single, [a]);
      });
      expect(await Promise.all([several, single, empty].map(read))).toEqual([expected(tags), a, null]);
      await patch(several, a);
      await endGrace(change);
      expect(await read(several)).toBe(a);
      expect(await leftovers()).toEqual([]);
    },
  );

  test('fails where a record came to have several meanwhile, and leaves nothing behind', async () => {
    const [a, b] = await define(list);
    const id = await create({ of: [a] });
    const change = await beforePublish(toOne(), async () => {
      await patch(id, [a, b]);
    });
    expect(await stateOf(change)).toMatchObject({
      status: 'failed',
      error: { code: 'preflight_failed', checks: [{ kind: 'conversion', failing: 1, samples: [{ id }] }] },
    });
    expect(await read(id)).toEqual([a, b]);
    expect(await leftovers()).toEqual([]);
    expect(await columns()).toEqual([]);
    const { status } = await stack.request('POST', `/v1/main/changes/${change}/retry`);
    expect(status).toBe(202);
    await stack.deliverAll();
    await patch(id, [a]);
    expect(await publish(toOne())).toBeDefined();
    expect(await read(id)).toBe(a);
  });

  test('takes rules and another name in the same change', async () => {
    const [a, b, c] = await define({ ...list, onDelete: 'restrict' });
    const [first, second] = [await create({ of: [a] }), await create({ of: [a] })];
    const set = { type: 'reference', name: 'main', required: true, unique: true };
    expect((await ask(alter(set))).body).toMatchObject({
      checks: [{ kind: 'unique', field: 'main', failing: 2 }],
    });
    await patch(second, []);
    expect((await ask(alter(set))).body).toMatchObject({
      checks: [{ kind: 'required', field: 'main', failing: 1 }],
    });
    const nobody = { [`${movie}.main`]: first };
    const unknown = await ask({ ...alter({ ...set, unique: null }), backfill: nobody });
    expect(unknown.body).toMatchObject({ checks: [{ kind: 'reference', field: 'main', failing: 1 }] });
    const change = await publish({ ...alter(set), backfill: { [`${movie}.main`]: b } });
    const { data } = (await stack.get(`${path()}?sort=id`)).body;
    expect(data).toMatchObject([
      { id: first, main: a },
      { id: second, main: b },
    ]);
    await endGrace(change);
    expect((await stack.request('POST', path(), { main: a })).body).toMatchObject({
      code: 'unique_violation',
    });
    expect((await stack.request('POST', path(), {})).body).toMatchObject({ code: 'validation_failed' });
    await send('POST', path(), { main: c });
    expect(await remove(a)).toBe(409);
    expect(await leftovers()).toEqual([]);
  });

  test('waits for the writer of a list that it reads, and takes what that one wrote', async () => {
    const [a, b] = await define(list);
    const id = await create({ of: [a] });
    const change = await start(toOne());
    const filling = holdFirst(
      stack.parts.traffic,
      (entry) => isMigrators(entry) && hasSql(entry, 'looked as materialized'),
    );
    const delivered = stack.deliverAll();
    await filling.reached;
    await other.query('begin');
    await other.query(
      `update main_data.${movie} as t set updated_at = now() where t.id = $1
      returning remodel.set_links($2, t.id, $3::uuid[])`,
      [id, await joinTable(), [b]],
    );
    filling.release();
    await waitForBlocked();
    await other.query('commit');
    await delivered;
    expect(await read(id)).toBe(b);
    await endGrace(change);
  });

  test('and a list again keeps what it held, each in a place of its own', async () => {
    const [a] = await define(list);
    const id = await create({ of: [a] });
    for (const type of ['reference', 'references', 'reference'])
      await endGrace(await publish(alter({ type })));
    expect(await read(id)).toBe(a);
    expect(await columns()).toEqual(['trash.of', 'of_2']);
    expect(await leftovers()).toEqual([]);
  });
});

describe('a conversion of references', () => {
  test('goes by the keys that records have today', async () => {
    const [a] = await define({ type: 'reference' });
    const id = await create({ of: a });
    await endGrace(await publish(operations({ op: 'changeKey', model: movie, key: 'text' })));
    await endGrace(await publish(operations({ op: 'changeKey', model: tag, key: 'text' })));
    await endGrace(await publish(alter({ type: 'references' })));
    expect(await read(id)).toEqual([a]);
    await endGrace(await publish(alter({ type: 'reference' })));
    expect(await read(id)).toBe(a);
    expect(await leftovers()).toEqual([]);
  });

  test('says what it cannot do, and changes nothing', async () => {
    await define({ type: 'reference' }, [
      { name: 'title', type: 'text' },
      { name: 'tags', type: 'references', to: tag },
    ]);
    const set = (field: string, more: object) =>
      operations({ op: 'alterField', model: movie, field, set: more });
    for (const body of [
      set('tags', { type: 'text', to: null, onDelete: null }),
      set('title', { type: 'references', to: tag }),
      set('tags', { to: movie }),
      set('of', { type: 'references', to: movie }),
    ]) {
      expect((await ask(body)).body).toMatchObject({
        code: 'not_supported',
        detail: expect.stringContaining('add a field instead'),
      });
    }
    const refused = async (body: object, of: string, options: object) =>
      (await ask({ ...body, conversions: { [`${movie}.${of}`]: options } })).body.errors;
    expect(await refused(set('title', { type: 'integer' }), 'title', { onError: 'first' })).toMatchObject([
      { path: `/conversions/${movie}.title/onError` },
    ]);
    expect(await refused(set('of', { type: 'references' }), 'of', { onError: 'first' })).toMatchObject([
      { path: `/conversions/${movie}.of/onError` },
    ]);
    expect(
      await refused(set('tags', { type: 'reference' }), 'tags', { map: { a: null }, match: 'title' }),
    ).toMatchObject([
      { path: `/conversions/${movie}.tags/map` },
      { path: `/conversions/${movie}.tags/match` },
    ]);
    expect((await stack.get(`/v1/main/models/${movie}`)).body.version).toBe(1);
  });
});
