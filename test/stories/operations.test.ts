import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { change, confirmed, ended, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

describe('an operation', () => {
  let system: System;
  let count = 0;
  let model: string;
  const path = (id = '') => `/v1/main/records/${model}${id === '' ? '' : `/${id}`}`;
  const create = async (record: object) => {
    const answer = await system.edge.request('POST', path(), record);
    expect(answer.body).toMatchObject(record);
    return answer.body;
  };
  const columns = async () => {
    const rows = await system.sql(
      'select column_name, is_nullable, column_default from information_schema.columns where table_schema = $1 and table_name = $2',
      ['main_data', model],
    );
    return new Map(rows.map((row) => [row['column_name'], row]));
  };
  const constraints = (kind: string) =>
    system.sql(
      'select conname, convalidated from pg_constraint where conrelid = $1::regclass and contype = $2',
      [`main_data.${model}`, kind],
    );
  const indexes = () =>
    system.sql(
      'select c.relname, i.indisvalid, i.indisunique from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = $1::regclass and not i.indisprimary',
      [`main_data.${model}`],
    );

  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());
  beforeEach(async () => {
    count += 1;
    model = `thing_${count}`;
    const put = await putModel(system.edge, model, {
      fields: [
        { name: 'title', type: 'text' },
        { name: 'size', type: 'integer' },
      ],
    });
    expect(put.status).toBe(201);
  });

  test('addField makes a nullable field that existing records hold as null', async () => {
    const { id } = await create({ title: 'a' });
    const answer = await change(
      system.edge,
      operations({ op: 'addField', model, field: { name: 'note', type: 'text' } }),
    );
    expect(answer.body).toMatchObject({ status: 'done' });
    expect((await system.edge.get(path(id))).body).toMatchObject({ title: 'a', note: null });
    await create({ title: 'b', note: 'n' });
  });

  test('addField with a default fills existing records at once', async () => {
    const { id } = await create({ title: 'a' });
    const field = { name: 'stars', type: 'integer', default: 3 };
    await change(system.edge, operations({ op: 'addField', model, field }));
    expect((await system.edge.get(path(id))).body).toMatchObject({ stars: 3 });
    expect((await system.edge.request('POST', path(), {})).body).toMatchObject({ stars: 3 });
  });

  test('addField with a default that differs from record to record fills them one by one', async () => {
    const a = await create({ title: 'a' });
    const b = await create({ title: 'b' });
    const field = { name: 'token', type: 'uuid', default: { fn: 'uuid' } };
    const answer = await change(system.edge, operations({ op: 'addField', model, field }));
    expect(answer.body).toMatchObject({ status: 'done' });
    const [first, second] = await Promise.all([system.edge.get(path(a.id)), system.edge.get(path(b.id))]);
    expect(first.body.token).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.body.token).not.toBe(second.body.token);
  });

  test('addField required takes the value for existing records, and is enforced after grace', async () => {
    const { id } = await create({ title: 'a' });
    const field = { name: 'studio', type: 'text', required: true };
    const body = {
      ...operations({ op: 'addField', model, field }),
      backfill: { [`${model}.studio`]: 'unknown' },
    };
    const answer = await change(system.edge, body);
    expect(answer.body).toMatchObject({ status: 'published' });
    expect((await columns()).get('studio')).toMatchObject({ is_nullable: 'YES' });
    expect((await system.edge.get(path(id))).body).toMatchObject({ studio: 'unknown' });
    expect((await system.edge.request('POST', path(), { title: 'b' })).status).toBe(422);
    expect((await ended(system.edge, answer.body.id)).body).toMatchObject({ status: 'done' });
    expect((await columns()).get('studio')).toMatchObject({ is_nullable: 'NO', column_default: null });
    expect(await constraints('c')).toEqual([]);
  });

  test('addField required without a value for existing records is refused, and changes nothing', async () => {
    await create({ title: 'a' });
    const before = await system.edge.get(`/v1/main/models/${model}`);
    const field = { name: 'studio', type: 'text', required: true };
    const answer = await change(system.edge, operations({ op: 'addField', model, field }));
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: 'preflight_failed',
      checks: [{ kind: 'required', failing: 1 }],
    });
    expect((await system.edge.get(`/v1/main/models/${model}`)).body).toEqual(before.body);
  });

  test('renameField moves no data and touches no table', async () => {
    const { id } = await create({ title: 'a' });
    const answer = await change(
      system.edge,
      operations({ op: 'renameField', model, from: 'title', to: 'name' }),
    );
    expect(answer.body).toMatchObject({ status: 'done' });
    expect(answer.body.plan.steps.map((step: { kind: string }) => step.kind)).toEqual(['publish']);
    expect((await system.edge.get(path(id))).body).toMatchObject({ name: 'a' });
    expect((await columns()).has('title')).toBe(true);
  });

  test('two renames in one change swap names', async () => {
    const { id } = await create({ title: 'a', size: 1 });
    const swap = operations(
      { op: 'renameField', model, from: 'title', to: 'swap' },
      { op: 'renameField', model, from: 'size', to: 'title' },
      { op: 'renameField', model, from: 'swap', to: 'size' },
    );
    expect((await change(system.edge, swap)).body).toMatchObject({ status: 'done' });
    expect((await system.edge.get(path(id))).body).toMatchObject({ size: 'a', title: 1 });
  });

  test('renameModel keeps records, and the old name is gone', async () => {
    const { id } = await create({ title: 'a' });
    const to = `${model}_b`;
    await change(system.edge, operations({ op: 'renameModel', from: model, to }));
    expect((await system.edge.get(`/v1/main/records/${to}/${id}`)).body).toMatchObject({ title: 'a' });
    expect((await system.edge.get(path(id))).status).toBe(404);
  });

  test('dropField asks for confirmation, then moves the field to the trash with its data', async () => {
    const { id } = await create({ title: 'a', size: 4 });
    const drop = operations({ op: 'dropField', model, field: 'size' });
    const refused = await change(system.edge, drop);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'destructive_unconfirmed' });
    const sent = await confirmed(system.edge, drop);
    expect(sent.body).toMatchObject({ status: 'published' });
    expect((await system.edge.get(path(id))).body).not.toHaveProperty('size');
    expect((await ended(system.edge, sent.body.id)).body).toMatchObject({ status: 'done' });
    expect(await system.sql(`select "trash.size" as size from main_data.${model}`)).toEqual([{ size: 4 }]);
    expect(
      await system.sql('select name from remodel.trash where column_name = $1 and table_name = $2', [
        'trash.size',
        model,
      ]),
    ).toEqual([{ name: `${model}.size` }]);
  });

  test('a field that is dropped and added again starts empty, in a column of its own', async () => {
    const { id } = await create({ title: 'a', size: 4 });
    await confirmed(system.edge, operations({ op: 'dropField', model, field: 'size' }));
    const field = { name: 'size', type: 'text' };
    expect((await change(system.edge, operations({ op: 'addField', model, field }))).body).toMatchObject({
      status: 'done',
    });
    expect((await system.edge.get(path(id))).body).toMatchObject({ size: null });
    expect((await columns()).has('size_2')).toBe(true);
  });

  test('dropModel moves the table to the trash after grace, and the name can be used again', async () => {
    await create({ title: 'a' });
    const answer = await confirmed(system.edge, operations({ op: 'dropModel', model }));
    expect(answer.body).toMatchObject({ status: 'published' });
    expect((await system.edge.get(path())).status).toBe(404);
    expect((await ended(system.edge, answer.body.id)).body).toMatchObject({ status: 'done' });
    expect(await system.sql(`select title from main_trash.${model}`)).toEqual([{ title: 'a' }]);
    expect((await putModel(system.edge, model, { fields: [] })).status).toBe(201);
    expect((await system.edge.get(path())).body.data).toEqual([]);
  });

  test('alterField sets and drops a default for new records only', async () => {
    const { id } = await create({ title: 'a' });
    const alter = (set: object) =>
      change(system.edge, operations({ op: 'alterField', model, field: 'size', set }));
    expect((await alter({ default: 7 })).body).toMatchObject({ status: 'done' });
    expect((await system.edge.request('POST', path(), {})).body).toMatchObject({ size: 7 });
    expect((await system.edge.get(path(id))).body).toMatchObject({ size: null });
    expect((await columns()).get('size')).toMatchObject({ column_default: '7' });
    expect((await alter({ default: null })).body).toMatchObject({ status: 'done' });
    expect((await system.edge.request('POST', path(), {})).body).toMatchObject({ size: null });
  });

  test('alterField sets required over records that hold a value, and drops it', async () => {
    await create({ title: 'a' });
    const alter = (set: object) =>
      change(system.edge, operations({ op: 'alterField', model, field: 'title', set }));
    const answer = await alter({ required: true });
    expect((await ended(system.edge, answer.body.id)).body).toMatchObject({ status: 'done' });
    expect((await columns()).get('title')).toMatchObject({ is_nullable: 'NO' });
    expect((await alter({ required: false })).body).toMatchObject({ status: 'done' });
    await create({ title: null });
  });

  test('alterField to required over nulls is refused with the count and samples', async () => {
    const { id } = await create({ title: null });
    const set = operations({ op: 'alterField', model, field: 'title', set: { required: true } });
    const answer = await change(system.edge, set);
    expect(answer.status).toBe(422);
    expect(answer.body.checks).toMatchObject([
      { kind: 'required', field: 'title', failing: 1, samples: [{ id, value: null }] },
    ]);
    const filled = await change(system.edge, { ...set, backfill: { [`${model}.title`]: 'untitled' } });
    expect((await ended(system.edge, filled.body.id)).body).toMatchObject({ status: 'done' });
    expect((await system.edge.get(path(id))).body).toMatchObject({ title: 'untitled' });
  });

  test('addUnique is enforced after grace, by an index built beside writers, and dropUnique takes it away', async () => {
    await create({ title: 'a' });
    const unique = { model, fields: ['title'] };
    const added = await change(system.edge, operations({ op: 'addUnique', ...unique }));
    expect(added.body).toMatchObject({ status: 'published' });
    expect(await indexes()).toEqual([]);
    expect((await ended(system.edge, added.body.id)).body).toMatchObject({ status: 'done' });
    expect(await indexes()).toMatchObject([{ indisvalid: true, indisunique: true }]);
    const again = await system.edge.request('POST', path(), { title: 'a' });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ code: 'unique_violation', errors: [{ path: '/title' }] });
    expect((await change(system.edge, operations({ op: 'dropUnique', ...unique }))).body).toMatchObject({
      status: 'done',
    });
    expect(await indexes()).toEqual([]);
    await create({ title: 'a' });
  });

  test('addUnique over duplicates is refused with the count and samples, and changes nothing', async () => {
    await create({ title: 'a' });
    await create({ title: 'a' });
    const before = await system.edge.get(`/v1/main/models/${model}`);
    const answer = await change(system.edge, operations({ op: 'addUnique', model, fields: ['title'] }));
    expect(answer.status).toBe(422);
    expect(answer.body.checks).toMatchObject([
      { kind: 'unique', field: 'title', failing: 2, samples: [{ value: 'a' }] },
    ]);
    expect((await system.edge.get(`/v1/main/models/${model}`)).body).toEqual(before.body);
    expect(await indexes()).toEqual([]);
  });

  test('addIndex and dropIndex work concurrently, descending keys included', async () => {
    const index = { model, fields: ['-size', 'title'] };
    expect((await change(system.edge, operations({ op: 'addIndex', ...index }))).body).toMatchObject({
      status: 'done',
    });
    expect(await indexes()).toMatchObject([{ indisvalid: true, indisunique: false }]);
    const answer = await change(system.edge, operations({ op: 'dropIndex', ...index }));
    expect((await ended(system.edge, answer.body.id)).body).toMatchObject({ status: 'done' });
    expect(await indexes()).toEqual([]);
  });

  test('addField of a reference is bound to its target, and dropping it sets the records free', async () => {
    const target = `${model}_maker`;
    await putModel(system.edge, target, { fields: [{ name: 'name', type: 'text' }] });
    const maker = await system.edge.request('POST', `/v1/main/records/${target}`, { name: 'm' });
    const field = { name: 'maker', type: 'reference', to: target, onDelete: 'restrict' };
    expect((await change(system.edge, operations({ op: 'addField', model, field }))).body).toMatchObject({
      status: 'done',
    });
    await create({ title: 'a', maker: maker.body.id });
    const orphan = await system.edge.request('POST', path(), {
      maker: '00000000-0000-7000-8000-000000000000',
    });
    expect(orphan.status).toBe(409);
    expect(orphan.body).toMatchObject({ code: 'reference_violation', errors: [{ path: '/maker' }] });
    expect((await system.edge.request('DELETE', `/v1/main/records/${target}/${maker.body.id}`)).status).toBe(
      409,
    );
    const dropped = await confirmed(system.edge, operations({ op: 'dropField', model, field: 'maker' }));
    expect((await ended(system.edge, dropped.body.id)).body).toMatchObject({ status: 'done' });
    expect((await system.edge.request('DELETE', `/v1/main/records/${target}/${maker.body.id}`)).status).toBe(
      204,
    );
  });

  test('a uuid field becomes a reference, and one again, with its values', async () => {
    const target = `${model}_maker`;
    await putModel(system.edge, target, { fields: [] });
    const maker = await system.edge.request('POST', `/v1/main/records/${target}`, {});
    await change(system.edge, operations({ op: 'addField', model, field: { name: 'maker', type: 'uuid' } }));
    const { id } = await create({ maker: maker.body.id });
    const set = { type: 'reference', to: target };
    const answer = await change(system.edge, operations({ op: 'alterField', model, field: 'maker', set }));
    expect((await ended(system.edge, answer.body.id)).body).toMatchObject({ status: 'done' });
    expect(await constraints('f')).toMatchObject([{ convalidated: true }]);
    const back = await change(
      system.edge,
      operations({
        op: 'alterField',
        model,
        field: 'maker',
        set: { type: 'uuid', to: null, onDelete: null },
      }),
    );
    expect((await ended(system.edge, back.body.id)).body).toMatchObject({ status: 'done' });
    expect(await constraints('f')).toEqual([]);
    expect((await system.edge.get(path(id))).body).toMatchObject({ maker: maker.body.id });
  });

  test.each([
    ['min', 'size', { min: 10 }, { size: 9 }, { size: 10 }],
    ['max', 'size', { max: 10 }, { size: 11 }, { size: 10 }],
    ['minLength', 'title', { minLength: 2 }, { title: 'a' }, { title: 'ab' }],
    ['maxLength', 'title', { maxLength: 2 }, { title: 'abc' }, { title: 'ab' }],
    ['pattern', 'title', { pattern: '^[a-c]+$' }, { title: 'x' }, { title: 'ab' }],
    ['options', 'title', { type: 'choice', options: ['ab', 'c'] }, { title: 'x' }, { title: 'ab' }],
  ])(
    'alterField sets %s, refused over records that break it, and drops it',
    async (_name, field, set, bad, good) => {
      const { id } = await create(bad);
      const alter = (to: object) =>
        change(system.edge, operations({ op: 'alterField', model, field, set: to }));
      const refused = await alter(set);
      expect(refused.status).toBe(422);
      expect(refused.body.checks).toMatchObject([{ kind: 'check', field, failing: 1 }]);
      expect((await system.edge.request('PATCH', path(id), good)).status).toBe(200);
      const answer = await alter(set);
      expect((await ended(system.edge, answer.body.id)).body).toMatchObject({ status: 'done' });
      expect(await constraints('c')).toMatchObject([{ convalidated: true }]);
      expect((await system.edge.request('POST', path(), bad)).status).toBe(422);
      const free = Object.fromEntries(Object.keys(set).map((key) => [key, key === 'type' ? 'text' : null]));
      expect((await alter(free)).body).toMatchObject({ status: 'done' });
      expect(await constraints('c')).toEqual([]);
      await create(bad);
    },
  );
});
