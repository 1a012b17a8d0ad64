import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { change, confirmed, ended, operations, putModel } from '../stack/changes.ts';
import { hasSql, holdFirst } from '../stack/hold.ts';
import { type System, startSystem } from '../stack/system.ts';

describe('a change of type', () => {
  let system: System;
  let count = 0;
  let model: string;
  const path = (id = '') => `/v1/main/records/${model}${id === '' ? '' : `/${id}`}`;
  const create = async (record: object) => {
    const answer = await system.edge.request('POST', path(), record);
    expect(answer.body.errors ?? answer.status).toBe(201);
    return answer.body;
  };
  const read = async (id: string) => (await system.edge.get(path(id))).body;
  const alter = (set: object, field = 'year') => operations({ op: 'alterField', model, field, set });
  const leftovers = () =>
    system.sql(
      `select t.tgname as name from pg_trigger t where t.tgrelid = $1::regclass and not t.tgisinternal and t.tgname not like 'remodel_event_%'
      union all
      select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'main_data'
      union all
      select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indrelid = $1::regclass and (not i.indisvalid or i.indpred is not null)`,
      [`main_data.${model}`],
    );
  const columns = async () => {
    const rows = await system.sql(
      `select column_name from information_schema.columns where table_schema = 'main_data' and table_name = $1
      order by ordinal_position`,
      [model],
    );
    return rows.map((row) => row['column_name']).slice(3);
  };

  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());
  beforeEach(async () => {
    system.traffic.reset();
    count += 1;
    model = `thing_${count}`;
    const put = await putModel(system.edge, model, {
      fields: [
        { name: 'title', type: 'text' },
        { name: 'year', type: 'text' },
      ],
    });
    expect(put.status).toBe(201);
  });

  test('converts what is there, and leaves one column and no trigger', async () => {
    const { id } = await create({ year: '1975' });
    const { id: none } = await create({});
    const answer = await change(system.edge, alter({ type: 'integer', min: 1888 }));
    expect(answer.body).toMatchObject({ status: 'published' });
    expect(await read(id)).toMatchObject({ year: 1975 });
    expect(await read(none)).toMatchObject({ year: null });
    await create({ year: 1980 });
    expect((await system.edge.request('POST', path(), { year: '1980' })).status).toBe(422);
    expect((await ended(system.edge, answer.body.id)).body).toMatchObject({ status: 'done' });
    expect(await leftovers()).toEqual([]);
    expect(await columns()).toEqual(['title', 'trash.year', 'year_2']);
    expect((await system.edge.get(`${path()}?sort=year&select=year`)).body.data).toEqual([
      { year: 1975 },
      { year: 1980 },
      { year: null },
    ]);
  });

  test('over values that do not convert is refused, with their number and samples, and touches nothing', async () => {
    await create({ year: '1975' });
    const { id } = await create({ year: 'unknown' });
    const before = await system.sql(`select * from main_data.${model} order by id`);
    const refused = await change(system.edge, alter({ type: 'integer' }));
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({
      code: 'preflight_failed',
      checks: [{ kind: 'conversion', model, field: 'year', failing: 1, samples: [{ id, value: 'unknown' }] }],
    });
    expect(await system.sql(`select * from main_data.${model} order by id`)).toEqual(before);
  });

  test.each([
    ['none', 'null', null],
    ['a given value', { default: 1900 }, 1900],
  ])('gives what does not convert %s, where the request says so', async (_name, onError, value) => {
    const { id } = await create({ year: 'unknown' });
    const conversions = { [`${model}.year`]: { onError, map: { soon: 2030, never: null } } };
    const { id: soon } = await create({ year: 'soon' });
    const { id: never } = await create({ year: 'never' });
    const answer = await change(system.edge, { ...alter({ type: 'integer' }), conversions });
    expect(answer.body).toMatchObject({ status: 'published' });
    expect(await read(id)).toMatchObject({ year: value });
    expect(await read(soon)).toMatchObject({ year: 2030 });
    expect(await read(never)).toMatchObject({ year: null });
    expect((await ended(system.edge, answer.body.id)).body).toMatchObject({ status: 'done' });
  });

  test('that may lose something is to be confirmed', async () => {
    await putModel(system.edge, model, { fields: [{ name: 'price', type: 'decimal' }] }).then(
      () => undefined,
    );
    await confirmed(system.edge, { models: [{ name: model, fields: [{ name: 'price', type: 'decimal' }] }] });
    const { id } = await create({ price: '1.55' });
    const narrower = alter({ precision: 10, scale: 1 }, 'price');
    const refused = await change(system.edge, narrower);
    expect([refused.status, refused.body.code]).toEqual([409, 'destructive_unconfirmed']);
    expect(refused.body.plan).toMatchObject({ lossy: true, destructive: false });
    expect((await confirmed(system.edge, narrower)).body).toMatchObject({ status: 'published' });
    expect(await read(id)).toMatchObject({ price: '1.6' });
    const wider = await change(system.edge, alter({ precision: 14 }, 'price'));
    expect(wider.body).toMatchObject({ status: 'done' });
    expect(wider.body.steps.map(({ kind }: { kind: string }) => kind)).toEqual(['widenColumn', 'publish']);
  });

  test('keeps what the class before writes while it runs, and what both write until contract', async () => {
    const { id } = await create({ year: '1' });
    const { id: second } = await create({ year: '2' });
    const held = holdFirst(system.traffic, (entry) => hasSql(entry, 'lock table'));
    const sent = await system.edge.request('POST', '/v1/main/changes', alter({ type: 'integer' }));
    expect(sent.status).toBe(202);
    await held.reached;
    // Everything is filled, nothing is published: the class before is the current one.
    const { id: late } = await create({ year: '3' });
    expect((await system.edge.request('PATCH', path(id), { year: '11' })).body).toMatchObject({ year: '11' });
    const other = await system.startIsolate({ HASH_TTL_MS: '600000' });
    expect((await other.get(path(second))).body).toMatchObject({ year: '2' });
    held.release();
    await expect.poll(async () => (await read(id)).year, { timeout: 10_000 }).toBe(11);
    expect(await read(late)).toMatchObject({ year: 3 });
    // An isolate that has not heard of it reads what is written by the next class.
    expect((await system.edge.request('PATCH', path(second), { year: 22 })).status).toBe(200);
    expect((await other.get(path(second))).body).toMatchObject({ year: '22' });
    expect((await ended(system.edge, sent.body.id)).body).toMatchObject({ status: 'done' });
    // After contract it cannot: it meets a column that is gone, and takes the class that is current.
    expect((await other.get(path(second))).body).toMatchObject({ year: 22 });
  });

  test('fails where a value that does not convert was written meanwhile, and takes all back', async () => {
    const { id } = await create({ year: '1' });
    const held = holdFirst(system.traffic, (entry) => hasSql(entry, 'lock table'));
    const sent = await system.edge.request('POST', '/v1/main/changes', alter({ type: 'integer' }));
    await held.reached;
    expect((await system.edge.request('PATCH', path(id), { year: 'one' })).status).toBe(200);
    held.release();
    const { body } = await ended(system.edge, sent.body.id);
    expect(body).toMatchObject({ status: 'failed', error: { code: 'preflight_failed' } });
    expect(body.error.checks).toMatchObject([
      { kind: 'conversion', failing: 1, samples: [{ id, value: 'one' }] },
    ]);
    expect(await read(id)).toMatchObject({ year: 'one' });
    expect(await columns()).toEqual(['title', 'year']);
    expect(await leftovers()).toEqual([]);
  });

  test('takes the rules of the field along: required, unique, index, default, options', async () => {
    await change(
      system.edge,
      operations(
        {
          op: 'addField',
          model,
          field: { name: 'code', type: 'text', required: true, unique: true, default: '9' },
        },
        { op: 'addField', model, field: { name: 'kind', type: 'choice', options: ['a', 'b'], index: true } },
      ),
    );
    await create({ code: '1', kind: 'a' });
    const { id } = await create({ code: '02', kind: 'b' });
    const refused = await change(system.edge, alter({ type: 'integer', default: 1, max: 1 }, 'code'));
    expect(refused.body.checks).toMatchObject([{ kind: 'conversion', failing: 1 }]);
    const sent = await change(system.edge, {
      ...operations(
        { op: 'alterField', model, field: 'code', set: { type: 'integer', default: 7, max: 10 } },
        { op: 'alterField', model, field: 'kind', set: { options: ['a', 'c'] } },
      ),
      conversions: { [`${model}.kind`]: { map: { b: 'c' } } },
    });
    expect(sent.body).toMatchObject({ status: 'published' });
    expect(await read(id)).toMatchObject({ code: 2, kind: 'c' });
    expect((await system.edge.request('POST', path(), { code: 2 })).body).toMatchObject({
      code: 'unique_violation',
      errors: [{ path: '/code' }],
    });
    expect(await create({})).toMatchObject({ code: 7, kind: null });
    const { body } = await ended(system.edge, sent.body.id);
    expect(body).toMatchObject({ status: 'done' });
    expect(body.error).toBeUndefined();
    const rules = await system.sql(
      `select pg_get_constraintdef(oid) as rule, convalidated as valid from pg_constraint
      where conrelid = $1::regclass and contype = 'c' order by 1`,
      [`main_data.${model}`],
    );
    expect(rules.map(({ rule }) => rule)).toEqual([
      expect.stringContaining('code_2'),
      expect.stringContaining('kind_2'),
    ]);
    expect(rules.every(({ valid }) => valid)).toBe(true);
    const [column] = await system.sql(
      `select attnotnull as required from pg_attribute where attrelid = $1::regclass and attname = 'code_2'`,
      [`main_data.${model}`],
    );
    expect(column).toEqual({ required: true });
  });

  test('over values that come to be the same in a unique field is refused', async () => {
    await change(system.edge, operations({ op: 'addUnique', model, fields: ['year'] }));
    await create({ year: '1' });
    await create({ year: '01' });
    const refused = await change(system.edge, alter({ type: 'integer' }));
    expect(refused.body.checks).toMatchObject([{ kind: 'unique', field: 'year', failing: 2 }]);
  });

  test('there and back again keeps the values, in columns of their own', async () => {
    const { id } = await create({ year: '1975' });
    let last = '';
    for (const type of ['integer', 'bigint', 'decimal', 'text']) {
      const sent = await change(system.edge, alter({ type }));
      expect(sent.body.errors ?? sent.body.status).toBe('published');
      // The next one waits for the contract of this one by itself.
      last = sent.body.id;
    }
    await ended(system.edge, last);
    expect(await read(id)).toMatchObject({ year: '1975' });
    expect(await columns()).toEqual([
      'title',
      'trash.year',
      'trash.year_2',
      'trash.year_3',
      'trash.year_4',
      'year_5',
    ]);
  });

  test('makes a reference of a text by a field of the other model, and a text again', async () => {
    const studio = `studio_${count}`;
    await putModel(system.edge, studio, { fields: [{ name: 'title', type: 'text', index: true }] });
    const make = async (title: string) =>
      (await system.edge.request('POST', `/v1/main/records/${studio}`, { title })).body.id;
    const [fox, paramount] = [await make('Fox'), await make('Paramount')];
    const { id } = await create({ year: 'Fox' });
    const { id: other } = await create({ year: 'Warner' });
    const conversions = { [`${model}.year`]: { match: 'title' } };
    const toReference = { ...alter({ type: 'reference', to: studio }), conversions };
    const refused = await change(system.edge, toReference);
    expect(refused.body.checks).toMatchObject([
      { kind: 'conversion', failing: 1, samples: [{ id: other, value: 'Warner' }] },
    ]);
    const unknown = await change(system.edge, {
      ...toReference,
      conversions: { [`${model}.year`]: { match: 'name' } },
    });
    expect(unknown.body.errors).toMatchObject([
      { code: 'unknown_field', path: `/conversions/${model}.year/match` },
    ]);
    await make('Warner');
    const sent = await change(system.edge, toReference);
    expect(sent.body).toMatchObject({ status: 'published' });
    expect(await read(id)).toMatchObject({ year: fox });
    expect((await system.edge.request('PATCH', path(id), { year: crypto.randomUUID() })).body).toMatchObject({
      code: 'reference_violation',
    });
    expect((await system.edge.request('PATCH', path(id), { year: paramount })).status).toBe(200);
    // The class before finds the title of what was written by the next one.
    expect(await system.sql(`select year from main_data.${model} where id = $1`, [id])).toEqual([
      { year: 'Paramount' },
    ]);
    expect((await ended(system.edge, sent.body.id)).body).toMatchObject({ status: 'done' });
    const back = { ...alter({ type: 'text', to: null, onDelete: null }), conversions };
    expect((await confirmed(system.edge, back)).body).toMatchObject({ status: 'published' });
    expect(await read(id)).toMatchObject({ year: 'Paramount' });
    expect(await read(other)).toMatchObject({ year: 'Warner' });
  });

  test('that nobody would expect is refused by name', async () => {
    await change(system.edge, alter({ type: 'date' }));
    const refused = await change(system.edge, alter({ type: 'boolean' }));
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toMatchObject([{ code: 'not_convertible', path: '/operations/0/set/type' }]);
  });
});
