import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasSql, holdFirst, isMigrators } from '../../stack/hold.ts';
import { hashOf } from '../../stack/model-hash.ts';
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
  leftovers,
  movie,
  other,
  patch,
  path,
  publish,
  read,
  remove,
  send,
  setColumn,
  stack,
  start,
  startAll,
  stateOf,
  stopAll,
  tag,
  waitForBlocked,
} from './movies.ts';

beforeAll(startAll);
afterAll(stopAll);
beforeEach(begin);
afterEach(calm);

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
