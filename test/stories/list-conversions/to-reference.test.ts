import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasSql, holdFirst, isMigrators } from '../../stack/hold.ts';
import {
  alter,
  ask,
  beforePublish,
  begin,
  calm,
  columns,
  create,
  define,
  endGrace,
  hearAgain,
  hearNothing,
  joinTable,
  leftovers,
  movie,
  other,
  patch,
  path,
  publish,
  read,
  remove,
  send,
  setLinks,
  stack,
  start,
  startAll,
  stateOf,
  stopAll,
  waitForBlocked,
} from './movies.ts';

beforeAll(startAll);
afterAll(stopAll);
beforeEach(begin);
afterEach(calm);

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
