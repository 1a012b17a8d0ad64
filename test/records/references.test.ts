import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putModel } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';

const NOBODY = '00000000-0000-7000-8000-000000000000';
const KEYS = ['uuid', 'bigint', 'text'] as const;
type Key = (typeof KEYS)[number];

describe('a list of references', () => {
  let system: InProcess;
  /** Three records of a target of each key. */
  const targets = new Map<Key, readonly string[]>();
  const path = (model: string, id?: string) => `/v1/main/records/${model}${id ? `/${id}` : ''}`;
  const ask = (method: string, model: string, id?: string, body?: unknown, headers = {}) =>
    system.request(method, path(model, id && encodeURIComponent(id)), body, headers);
  const send = async (method: string, model: string, id?: string, body?: unknown) => {
    const answer = await ask(method, model, id, body);
    expect(answer.body.errors ?? answer.status).toBe(answer.status);
    return answer.body;
  };
  const get = async (model: string, id: string) => (await ask('GET', model, id)).body;
  const target = (key: Key, n: number) => targets.get(key)?.[n] ?? '';
  const tag = (n: number) => target('uuid', n);
  const columnOf = async (model: string, field: string) => {
    const [row] = await system.parts.sql(
      'select body from remodel.definitions where body::jsonb ->> $1 = $2',
      ['name', model],
    );
    const { fields } = JSON.parse(String(row?.['body']));
    return String(fields.find(({ name }: { name: string }) => name === field).column);
  };
  /** The links of a field, as they stand in its join table. */
  const links = async (model: string, field: string) =>
    system.parts.sql(
      `select source::text, target::text from main_data."${await columnOf(model, field)}" order by source, position`,
    );

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

  const made = async (model: string, definition: object) =>
    expect((await settled(putModel(system, model, definition))).body).toMatchObject({ status: 'done' });

  beforeAll(async () => {
    system = await InProcess.start();
    for (const key of KEYS) {
      await made(`to_${key}`, { key, fields: [{ name: 'label', type: 'text' }] });
      const ids = key === 'text' ? [{ id: 'a "b" \\ {c},\n' }, { id: 'null' }, { id: 'ä🎬' }] : [{}, {}, {}];
      const { data } = await send('POST', `to_${key}`, undefined, ids);
      targets.set(
        key,
        data.map(({ id }: { id: string }) => id),
      );
    }
    for (const key of KEYS) {
      const fields = KEYS.map((to) => ({ name: `${to}s`, type: 'references', to: `to_${to}` }));
      await made(`from_${key}`, { key, fields });
    }
    await made('movie', {
      fields: [
        { name: 'title', type: 'text' },
        { name: 'n', type: 'integer' },
        { name: 'tags', type: 'references', to: 'to_uuid' },
        { name: 'kept', type: 'references', to: 'to_bigint', onDelete: 'restrict' },
        { name: 'sequels', type: 'references', to: 'movie' },
      ],
    });
  });
  afterAll(() => system.stop());

  test.each(KEYS.flatMap((from) => KEYS.map((to) => [from, to] as const)))(
    'of a model with a %s key, to one with a %s key, is answered as it was sent',
    async (from, to) => {
      const model = `from_${from}`;
      const field = `${to}s`;
      const ids = [target(to, 2), target(to, 0), target(to, 1)];
      let n = 0;
      const key = () => {
        n += 1;
        return from === 'text' ? { id: `${to} ${n}` } : {};
      };
      const one = await send('POST', model, undefined, { ...key(), [field]: ids });
      const many = await send('POST', model, undefined, [
        { ...key(), [field]: ids.slice(0, 1) },
        key(),
        { ...key(), [field]: ids },
      ]);
      expect(many.data.map((record: Record<string, unknown>) => record[field])).toEqual([
        ids.slice(0, 1),
        [],
        ids,
      ]);
      const patched = await send('PATCH', model, many.data[1].id, { [field]: ids });
      const read = await get(model, one.id);
      const listed = (
        await system.get(`${path(model)}?select=id,${field}&filter[id][_eq]=${encodeURIComponent(one.id)}`)
      ).body;
      const put = await send('PUT', model, one.id, read);
      expect([one, patched, read, listed.data[0], put].map((record) => record[field])).toEqual([
        ids,
        ids,
        ids,
        ids,
        ids,
      ]);
      if (from === 'bigint') return;
      const created = await ask('PUT', model, from === 'text' ? `put ${to}` : crypto.randomUUID(), {
        [field]: ids,
      });
      expect(created.status).toBe(201);
      expect(created.body[field]).toEqual(ids);
      expect((await get(model, created.body.id))[field]).toEqual(ids);
    },
  );

  test('is empty where nothing is given, or null', async () => {
    const [absent, none, empty] = (await send('POST', 'movie', undefined, [{}, { tags: null }, { tags: [] }]))
      .data;
    expect([absent.tags, none.tags, empty.tags]).toEqual([[], [], []]);
  });

  test('that is absent stays in a PATCH, and goes in a PUT; null empties it in both', async () => {
    const { id } = await send('POST', 'movie', undefined, {
      title: 'a',
      tags: [tag(0)],
      kept: [target('bigint', 0)],
    });
    expect(await send('PATCH', 'movie', id, { title: 'b' })).toMatchObject({ title: 'b', tags: [tag(0)] });
    expect(await send('PATCH', 'movie', id, { kept: null })).toMatchObject({ tags: [tag(0)], kept: [] });
    expect(await send('PUT', 'movie', id, { title: 'c' })).toMatchObject({ tags: [], kept: [] });
    expect(await get('movie', id)).toMatchObject({ title: 'c', tags: [], kept: [] });
  });

  test('takes a new order, new members and fewer, and gives the record a new revision', async () => {
    const { id, updated_at } = await send('POST', 'movie', undefined, { tags: [tag(0), tag(1)] });
    let revision = updated_at;
    for (const tags of [[tag(1), tag(0)], [tag(2), tag(1)], [tag(0)], [], [tag(2), tag(0), tag(1)]]) {
      const patched = await send('PATCH', 'movie', id, { tags });
      expect(patched.tags).toEqual(tags);
      expect(patched.updated_at > revision).toBe(true);
      revision = patched.updated_at;
      expect(await get('movie', id)).toEqual(patched);
    }
  });

  test.each([
    ['no list', 'x', '/tags'],
    ['an object', {}, '/tags'],
    ['an id that is none', ['x'], '/tags/0'],
    ['a null in it', [null], '/tags/0'],
    ['the same id twice', [NOBODY, NOBODY.toUpperCase()], '/tags/1'],
    ['too many', Array.from({ length: 10_001 }, () => NOBODY), '/tags'],
  ])('is refused for %s', async (_what, tags, at) => {
    const refused = await ask('POST', 'movie', undefined, { tags });
    expect(refused.body).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ path: at }] });
  });

  test('is refused whole for an id that no record has, with the place of the id', async () => {
    const { id } = await send('POST', 'movie', undefined, { title: 'a', tags: [tag(0)] });
    const before = await get('movie', id);
    const tags = [tag(1), NOBODY];
    const refusals = [
      [await ask('POST', 'movie', undefined, { tags }), '/tags/1'],
      [await ask('POST', 'movie', undefined, [{}, { tags: [tag(0)] }, { tags }]), '/2/tags/1'],
      [await ask('PATCH', 'movie', id, { title: 'b', tags }), '/tags/1'],
      [await ask('PUT', 'movie', id, { title: 'b', tags }), '/tags/1'],
      [await ask('PUT', 'movie', crypto.randomUUID(), { tags }), '/tags/1'],
    ] as const;
    for (const [answer, at] of refusals) {
      expect(answer.body).toMatchObject({
        status: 409,
        code: 'reference_violation',
        errors: [{ path: at, code: 'reference_violation' }],
      });
    }
    expect(await get('movie', id)).toEqual(before);
  });

  test('may hold records that are created with it, and the record itself', async () => {
    const [one, two] = [crypto.randomUUID(), crypto.randomUUID()];
    const { data } = await send('POST', 'movie', undefined, [
      { id: one, sequels: [two, one] },
      { id: two, sequels: [one] },
    ]);
    expect(data).toMatchObject([{ sequels: [two, one] }, { sequels: [one] }]);
    const self = crypto.randomUUID();
    expect(await send('PUT', 'movie', self, { sequels: [self] })).toMatchObject({ sequels: [self] });
    const single = crypto.randomUUID();
    expect(await send('POST', 'movie', undefined, { id: single, sequels: [single] })).toMatchObject({
      sequels: [single],
    });
    for (const id of [one, two, self, single]) expect((await ask('DELETE', 'movie', id)).status).toBe(204);
    expect(await links('movie', 'sequels')).toEqual([]);
  });

  test('loses what is deleted, and shows itself under another ETag', async () => {
    const gone = (await send('POST', 'to_uuid', undefined, {})).id;
    const { id } = await send('POST', 'movie', undefined, { tags: [tag(1), gone, tag(0)] });
    const before = await ask('GET', 'movie', id);
    const etag = before.headers.get('ETag') ?? '';
    expect((await ask('GET', 'movie', id, undefined, { 'If-None-Match': etag })).status).toBe(304);
    expect((await ask('DELETE', 'to_uuid', gone)).status).toBe(204);
    const after = await ask('GET', 'movie', id, undefined, { 'If-None-Match': etag });
    expect(after.status).toBe(200);
    expect(after.body.tags).toEqual([tag(1), tag(0)]);
    const guarded = await ask('PATCH', 'movie', id, { tags: [tag(0)] }, { 'If-Match': etag });
    expect(guarded.body).toMatchObject({ tags: [tag(0)] });
    expect(guarded.headers.get('ETag')).toBe((await ask('GET', 'movie', id)).headers.get('ETag'));
  });

  test('keeps what it holds from being deleted, where it restricts that', async () => {
    const held = (await send('POST', 'to_bigint', undefined, {})).id;
    const { id } = await send('POST', 'movie', undefined, { kept: [held] });
    const refused = await ask('DELETE', 'to_bigint', held);
    expect(refused.body).toMatchObject({ status: 409, code: 'reference_violation' });
    await send('PATCH', 'movie', id, { kept: [] });
    expect((await ask('DELETE', 'to_bigint', held)).status).toBe(204);
  });

  test('goes with its record, and leaves what it held', async () => {
    const { id } = await send('POST', 'movie', undefined, { tags: [tag(0), tag(1)] });
    expect((await ask('DELETE', 'movie', id)).status).toBe(204);
    const left = await links('movie', 'tags');
    expect(left.filter(({ source }) => source === id)).toEqual([]);
    expect(await get('to_uuid', tag(0))).toMatchObject({ id: tag(0) });
  });

  test('is created once under one Idempotency-Key, and answered alike', async () => {
    const headers = { 'Idempotency-Key': 'lists' };
    const body = [{ tags: [tag(0)] }, { tags: [] }];
    const first = await ask('POST', 'movie', undefined, body, headers);
    expect(first.body.data).toMatchObject(body);
    expect((await ask('POST', 'movie', undefined, body, headers)).body).toEqual(first.body);
  });

  describe('that two writers set at once', () => {
    let owner: pg.Client;
    beforeAll(async () => {
      owner = new pg.Client({ connectionString: system.parts.urls.owner });
      await owner.connect();
    });
    afterAll(() => owner.end());

    /** Lets requests run into the lock of a record until all of them wait for it, and then lets them go. */
    async function atOnce<T>(id: string, requests: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
      await owner.query('begin');
      await owner.query('select from main_data.movie where id = $1 for update', [id]);
      const answers: Promise<T>[] = [];
      for (const [n, request] of requests.entries()) {
        answers.push(request());
        for (let waiting = 0; waiting <= n; ) {
          const [row] = await system.parts.sql(
            `select count(*)::integer as n
            from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`,
          );
          waiting = Number(row?.['n']);
        }
      }
      await owner.query('commit');
      return Promise.all(answers);
    }

    test('holds what the later one set, and nothing of the other', async () => {
      const { id } = await send('POST', 'movie', undefined, { tags: [] });
      const answers = await atOnce(id, [
        () => send('PATCH', 'movie', id, { tags: [tag(0), tag(1)] }),
        () => send('PATCH', 'movie', id, { tags: [tag(2)] }),
        () => send('PUT', 'movie', id, { tags: [tag(1), tag(2)] }),
      ]);
      const last = answers.toSorted((a, b) => (a.updated_at < b.updated_at ? -1 : 1)).at(-1);
      expect(await get('movie', id)).toEqual(last);
    });

    test('is gone for one that asked for no revision, and for one that did, was changed', async () => {
      const { id } = await send('POST', 'movie', undefined, { title: 'short-lived' });
      const etag = (await ask('GET', 'movie', id)).headers.get('ETag') ?? '';
      const [deleted, patched, guarded] = await atOnce(id, [
        () => ask('DELETE', 'movie', id),
        () => ask('PATCH', 'movie', id, { title: 'late' }),
        () => ask('PATCH', 'movie', id, { title: 'late' }, { 'If-Match': etag }),
      ]);
      expect(deleted?.status).toBe(204);
      expect([patched?.status, patched?.body.code]).toEqual([404, 'unknown_record']);
      expect([guarded?.status, guarded?.body.code]).toEqual([412, 'precondition_failed']);
    });

    test('is answered as it is to one that changed another field', async () => {
      const { id } = await send('POST', 'movie', undefined, { tags: [] });
      const [listed, titled] = await atOnce(id, [
        () => send('PATCH', 'movie', id, { tags: [tag(0)] }),
        () => send('PATCH', 'movie', id, { title: 'b' }),
      ]);
      expect(listed?.updated_at < titled?.updated_at).toBe(true);
      expect(titled).toMatchObject({ title: 'b', tags: [tag(0)] });
    });
  });
});
