import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operations } from '../../stack/changes.ts';
import {
  alter,
  ask,
  begin,
  calm,
  create,
  define,
  endGrace,
  leftovers,
  movie,
  publish,
  read,
  stack,
  startAll,
  stopAll,
  tag,
} from './movies.ts';

beforeAll(startAll);
afterAll(stopAll);
beforeEach(begin);
afterEach(calm);

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
