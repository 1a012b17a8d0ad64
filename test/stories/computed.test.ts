import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { change, confirmed, ended, operations, putModel } from '../stack/changes.ts';
import { hasSql, holdFirst } from '../stack/hold.ts';
import { type System, startSystem } from '../stack/system.ts';

describe('a computed field', () => {
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
  const shown = async () => (await system.edge.get(`/v1/main/models/${model}`)).body.fields;
  const computed = (name: string, expression: string, more: object = {}) => ({
    name,
    type: 'computed',
    expression,
    ...more,
  });
  const add = (...fields: readonly object[]) =>
    change(system.edge, operations(...fields.map((field) => ({ op: 'addField', model, field }))));
  const alter = (field: string, set: object) => operations({ op: 'alterField', model, field, set });
  /** Triggers of the table, functions of the schema that are this table's, and columns of fields. */
  const leftovers = async () => {
    const rows = await system.sql(
      `select t.tgname as name from pg_trigger t where t.tgrelid = $1::regclass and not t.tgisinternal and t.tgname not like 'remodel_event_%'
      union all
      select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'main_data' and p.proname like $2 || '\\_%'
      union all
      select attname from pg_attribute where attrelid = $1::regclass and attnum > 3 and not attisdropped
      order by name`,
      [`main_data.${model}`, model],
    );
    return rows.map(({ name }) => name);
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
        { name: 'price', type: 'decimal' },
        { name: 'quantity', type: 'integer' },
      ],
    });
    expect(put.status).toBe(201);
  });

  test('is worked out at each write, from the first record of a new model on', async () => {
    model = `order_${count}`;
    const put = await putModel(system.edge, model, {
      fields: [
        computed('label', "name || ': ' || total"),
        computed('total', 'price * quantity', { min: 0 }),
        { name: 'name', type: 'text' },
        { name: 'price', type: 'decimal' },
        { name: 'quantity', type: 'integer', default: 1 },
        computed('added', 'date(created_at)', { required: true }),
      ],
    });
    expect(put.body.errors ?? put.status).toBe(201);
    const record = await create({ name: 'pen', price: '1.50' });
    expect(record).toMatchObject({
      label: 'pen: 1.50',
      total: '1.50',
      added: record.created_at.slice(0, 10),
    });
    const patched = await system.edge.request('PATCH', path(record.id), { quantity: 3 });
    expect(patched.body).toMatchObject({ label: 'pen: 4.50', total: '4.50' });
    expect(await read(record.id)).toEqual(patched.body);
    const replaced = await system.edge.request('PUT', path(record.id), { ...patched.body, price: null });
    expect(replaced.body).toMatchObject({ label: null, total: null, price: null });
    const many = await system.edge.request('POST', path(), [
      { name: 'a', price: '2' },
      { name: 'b', price: '3' },
    ]);
    expect(many.body.data.map(({ label }: { label: string }) => label)).toEqual(['a: 2', 'b: 3']);
    const negative = await system.edge.request('POST', path(), { price: '-1' });
    expect(negative.body).toMatchObject({ code: 'check_violation', errors: [{ path: '/total' }] });
    expect(await shown()).toMatchObject([
      { name: 'label', type: 'computed', expression: "name || ': ' || total", result: 'text' },
      { name: 'total', type: 'computed', expression: 'price * quantity', result: 'decimal', min: 0 },
      {},
      {},
      {},
      { name: 'added', expression: 'date(created_at)', result: 'date' },
    ]);
    const again = await putModel(system.edge, model, { fields: await shown() });
    expect([again.status, again.body.steps]).toEqual([200, []]);
  });

  test('takes no value from a client', async () => {
    await add(computed('total', 'price * quantity'));
    const { id } = await create({ price: '2', quantity: 2 });
    for (const [method, to] of [
      ['POST', path()],
      ['PATCH', path(id)],
    ] as const) {
      const refused = await system.edge.request(method, to, { total: '5' });
      expect(refused.status).toBe(422);
      expect(refused.body.errors).toMatchObject([{ path: '/total', code: 'read_only_field' }]);
    }
    const backfill = { [`${model}.total`]: '1' };
    const filled = await change(system.edge, { ...alter('total', { label: 'Total' }), backfill });
    expect(filled.body.errors).toMatchObject([{ code: 'read_only_field', path: `/backfill/${model}.total` }]);
    await system.sql(`update main_data.${model} set total = 99`);
    expect(await read(id)).toMatchObject({ total: '4' });
  });

  test('is filtered, sorted, selected, indexed and unique like any other', async () => {
    const added = await add(
      computed('total', 'price * quantity', { unique: true }),
      computed('cheap', 'price < 3', { index: true }),
    );
    expect((await ended(system.edge, added.body.id)).body).toMatchObject({ status: 'done' });
    for (const price of ['5', '1', '3']) await create({ price, quantity: 2 });
    const list = await system.edge.get(`${path()}?filter[total][_gte]=6&sort=-total&select=total,cheap`);
    expect(list.body.data).toEqual([
      { total: '10', cheap: false },
      { total: '6', cheap: false },
    ]);
    const taken = await system.edge.request('POST', path(), { price: '10', quantity: 1 });
    expect(taken.body).toMatchObject({ code: 'unique_violation', errors: [{ path: '/total' }] });
    const wrong = await system.edge.get(`${path()}?filter[cheap][_eq]=5`);
    expect(wrong.status).toBe(400);
  });

  test('that is added gets its values over the records that are there, and changes nothing else of them', async () => {
    const rows = Array.from({ length: 250 }, (_, n) => ({ price: n % 3 === 0 ? null : `${n}`, quantity: n }));
    const made = await system.edge.request('POST', path(), rows);
    expect(made.status).toBe(201);
    const added = await add(
      computed('total', 'price * quantity'),
      computed('double', 'total * 2'),
      computed('each', 'if(quantity > 0, round(total / quantity, 2), 0)'),
    );
    expect(added.body).toMatchObject({ status: 'done' });
    for (const { id, price, quantity, updated_at } of made.body.data) {
      const total = price === null ? null : String(Number(price) * quantity);
      expect(await read(id)).toMatchObject({ total, double: total && String(Number(total) * 2), updated_at });
    }
    expect(await leftovers()).toHaveLength(2 + 3 + 3 + 3);
  });

  test('divides by zero into null', async () => {
    await add(computed('share', 'price / quantity'), computed('rest', 'quantity % (quantity - quantity)'));
    expect(await create({ price: '1', quantity: 0 })).toMatchObject({ share: null, rest: null });
    expect(await create({ price: '1', quantity: 8 })).toMatchObject({
      share: '0.12500000000000000000',
      rest: null,
    });
  });

  test('refuses a record that it cannot be worked out for', async () => {
    await add(computed('square', 'quantity * quantity'));
    const refused = await system.edge.request('POST', path(), { quantity: 100_000 });
    expect(refused.body).toMatchObject({ code: 'validation_failed', errors: [{ path: '/square' }] });
    expect(refused.body.errors[0].message).toContain('computed');
    expect(await create({ quantity: 1000 })).toMatchObject({ square: 1_000_000 });
  });

  test('that fails over records that are there is refused, with their number and samples', async () => {
    await create({ quantity: 5 });
    const { id } = await create({ quantity: 100_000 });
    await create({ quantity: -100_000 });
    const before = await leftovers();
    const refused = await add(
      computed('square', 'quantity * quantity', { min: 30 }),
      computed('half', 'square / 2'),
    );
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({
      code: 'preflight_failed',
      checks: [
        { kind: 'expression', model, field: 'square', failing: 2 },
        { kind: 'expression', model, field: 'half', failing: 2 },
      ],
    });
    expect(refused.body.checks[0].samples[0]).toEqual({ id, value: '{"quantity" : 100000}' });
    await system.sql(`update main_data.${model} set quantity = 2`);
    const small = await add(computed('square', 'quantity * quantity', { min: 30, unique: true }));
    expect(small.body.checks).toMatchObject([
      { kind: 'check', failing: 3 },
      { kind: 'unique', failing: 3 },
    ]);
    expect(await leftovers()).toEqual(before);
  });

  test('gets another expression in another column: the class before reads the old values until grace is over', async () => {
    await add(
      computed('total', 'price * quantity', { required: false }),
      computed('tax', 'round(total * 0.2, 2)'),
    );
    const { id } = await create({ price: '5', quantity: 2 });
    const other = await system.startIsolate({ HASH_TTL_MS: '600000' });
    expect((await other.get(path(id))).body).toMatchObject({ total: '10', tax: '2.00' });
    const held = holdFirst(system.traffic, (entry) => hasSql(entry, 'publish_seq'));
    const sent = await system.edge.request(
      'POST',
      '/v1/main/changes',
      alter('total', { expression: 'price * quantity + 1' }),
    );
    expect(sent.body.errors ?? sent.status).toBe(202);
    await held.reached;
    // All is filled, nothing is published.
    const { id: late } = await create({ price: '1', quantity: 1 });
    expect(await read(late)).toMatchObject({ total: '1', tax: '0.20' });
    held.release();
    await expect.poll(async () => (await read(id)).total, { timeout: 10_000 }).toBe('11');
    expect(await read(id)).toMatchObject({ tax: '2.20' });
    expect(await read(late)).toMatchObject({ total: '2', tax: '0.40' });
    await system.edge.request('PATCH', path(id), { quantity: 3 });
    expect(await read(id)).toMatchObject({ total: '16', tax: '3.20' });
    expect((await other.get(path(id))).body).toMatchObject({ total: '15', tax: '3.00' });
    expect((await ended(system.edge, sent.body.id)).body).toMatchObject({ status: 'done' });
    expect((await other.get(path(id))).body).toMatchObject({ total: '16', tax: '3.20' });
    expect((await leftovers()).filter((name) => String(name).startsWith('then_'))).toEqual([
      'then_0001_total_2',
      'then_0002_tax_2',
    ]);
    expect(await leftovers()).toHaveLength(2 + 4 + 2 + 2);
    await system.edge.request('PATCH', path(id), { quantity: 4 });
    expect(await read(id)).toMatchObject({ total: '21' });
  });

  test('follows a rename of what it uses, and is shown by the new name', async () => {
    await add(computed('total', 'price * quantity'));
    const before = (await system.edge.get(`/v1/main/models/${model}`)).body;
    const renamed = await change(
      system.edge,
      operations(
        { op: 'renameField', model, from: 'price', to: 'end' },
        { op: 'alterField', model, field: 'quantity', set: { name: 'pieces' } },
      ),
    );
    expect(renamed.body.steps.map(({ kind }: { kind: string }) => kind)).toEqual(['publish']);
    expect((await shown())[2]).toMatchObject({ name: 'total', expression: '"end" * pieces' });
    expect(await create({ end: '3', pieces: 2 })).toMatchObject({ total: '6' });
    const fields = before.fields.map((field: { name: string }) =>
      field.name === 'total' ? { ...field, expression: 'quantity*price' } : field,
    );
    const turned = await putModel(system.edge, model, { fields });
    expect(turned.body.errors ?? turned.status).toBe(200);
    expect((await shown())[2]).toMatchObject({ expression: 'quantity * price' });
  });

  test('keeps what it uses from being dropped, unless it goes too', async () => {
    await add(computed('total', 'price * quantity'), computed('double', 'total * 2'));
    const drop = (...fields: readonly string[]) =>
      operations(...fields.map((field) => ({ op: 'dropField', model, field })));
    const refused = await change(system.edge, drop('price', 'double'));
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toMatchObject([
      { code: 'field_in_use', message: expect.stringContaining(`${model}.total is computed from price`) },
    ]);
    const { id } = await create({ price: '2', quantity: 2 });
    const other = await system.startIsolate({ HASH_TTL_MS: '600000' });
    await other.get(path(id));
    const sent = await confirmed(system.edge, drop('price', 'total', 'double'));
    expect(sent.body).toMatchObject({ status: 'published' });
    await system.edge.request('PATCH', path(id), { quantity: 3 });
    expect((await other.get(path(id))).body).toMatchObject({ price: '2', total: '6', double: '12' });
    expect((await ended(system.edge, sent.body.id)).body).toMatchObject({ status: 'done' });
    expect(await leftovers()).toEqual(['quantity', 'trash.double', 'trash.price', 'trash.total']);
    expect(await create({ quantity: 1 })).toMatchObject({ quantity: 1 });
  });

  test('follows a change of the type of what it uses', async () => {
    await add(computed('twice', 'quantity * 2'));
    const { id } = await create({ quantity: 3 });
    const sent = await change(system.edge, alter('quantity', { type: 'decimal' }));
    expect(sent.body).toMatchObject({ status: 'published' });
    expect((await shown())[2]).toMatchObject({ name: 'twice', result: 'decimal' });
    expect(await read(id)).toMatchObject({ quantity: '3', twice: '6' });
    const half = await create({ quantity: '1.5' });
    expect(half).toMatchObject({ twice: '3.0' });
    expect((await ended(system.edge, sent.body.id)).body).toMatchObject({ status: 'done' });
    expect(await create({ quantity: '2.5' })).toMatchObject({ twice: '5.0' });
    expect(await leftovers()).toHaveLength(2 + 3 + 1 + 1);
  });

  test('goes on where the names of table and columns are aligned with those of today', async () => {
    await add(computed('total', 'price * quantity'), computed('twice', 'total * 2'));
    const { id } = await create({ price: '2', quantity: 2 });
    const renamed = operations(
      { op: 'renameField', model, from: 'price', to: 'cost' },
      { op: 'renameField', model, from: 'total', to: 'sum' },
      { op: 'renameModel', from: model, to: `aligned_${count}` },
    );
    expect((await change(system.edge, renamed)).body).toMatchObject({ status: 'done' });
    model = `aligned_${count}`;
    const aligned = await change(system.edge, operations({ op: 'alignNames', model }));
    expect(aligned.body.errors ?? aligned.body.status).toBe('published');
    expect(await create({ cost: '3', quantity: 2 })).toMatchObject({ sum: '6', twice: '12' });
    expect(await read(id)).toMatchObject({ sum: '4', twice: '8' });
    expect((await leftovers()).filter((name) => String(name).startsWith('then_'))).toEqual([
      'then_0001_sum',
      'then_0002_twice',
    ]);
    expect(await leftovers()).toHaveLength(4 + 2 + 2);
    expect((await system.edge.get('/v1/main/drift')).body.data).toEqual([]);
    expect(
      await system.sql("select from pg_proc where proname like 'thing_' || $1 || '_%'", [count]),
    ).toEqual([]);
  });

  test('goes with a model into the trash', async () => {
    await add(computed('twice', 'quantity * 2'));
    const sent = await confirmed(system.edge, operations({ op: 'dropModel', model }));
    expect((await ended(system.edge, sent.body.id)).body).toMatchObject({ status: 'done' });
  });

  test('that comes to fail while it is filled is taken back whole, trigger and function too', async () => {
    await create({ quantity: 5 });
    const before = await leftovers();
    const held = holdFirst(system.traffic, (entry) => hasSql(entry, 'create or replace function'));
    const field = computed('square', 'quantity * quantity');
    const sent = await system.edge.request(
      'POST',
      '/v1/main/changes',
      operations({ op: 'addField', model, field }),
    );
    await held.reached;
    await create({ quantity: 100_000 });
    held.release();
    const { body } = await ended(system.edge, sent.body.id);
    expect(body).toMatchObject({
      status: 'failed',
      error: { code: 'preflight_failed', checks: [{ kind: 'expression', failing: 1 }] },
    });
    expect(await leftovers()).toEqual(before);
    expect((await shown()).map(({ name }: { name: string }) => name)).toEqual(['price', 'quantity']);
  });
});
