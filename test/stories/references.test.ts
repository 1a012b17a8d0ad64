import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { change, confirmed, ended, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

describe('a list of references', () => {
  let system: System;
  let count = 0;
  let model: string;
  let tag: string;
  const records = (name: string, id = '') => `/v1/main/records/${name}${id === '' ? '' : `/${id}`}`;
  const create = async (name: string, record: object) => {
    const answer = await system.edge.request('POST', records(name), record);
    expect(answer.body).toMatchObject(record);
    return String(answer.body.id);
  };
  const read = async (id: string) => (await system.edge.get(records(model, id))).body;
  const remove = async (name: string, id: string) =>
    (await system.edge.request('DELETE', records(name, id))).status;
  const list = (more: object = {}) => ({ name: 'tags', type: 'references', to: tag, ...more });
  const add = (field: object = list()) => change(system.edge, operations({ op: 'addField', model, field }));
  const alter = (set: object) =>
    change(system.edge, operations({ op: 'alterField', model, field: 'tags', set }));
  const kinds = (answer: Awaited<ReturnType<typeof add>>) =>
    answer.body.plan.steps.map(({ phase, kind }: Record<string, string>) => `${phase} ${kind}`);
  /** The join tables of the model, those in the trash included. */
  const joinTables = async () =>
    (
      await system.sql(
        `select schemaname || '.' || tablename as name from pg_tables where tablename like $1 order by 1`,
        [String.raw`\_${model.replaceAll('_', String.raw`\_`)}\_%`],
      )
    ).map((row) => String(row['name']));
  const constraints = async () =>
    (
      await system.sql(
        `select pg_get_constraintdef(oid) as text, convalidated as valid from pg_constraint
        where conrelid = any ($1::regclass[]) and contype = 'f' order by 1`,
        [(await joinTables()).map((name) => name.replace('.', '."').concat('"'))],
      )
    ).map(({ text, valid }) => `${text}${valid ? '' : ' NOT VALID'}`);

  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());
  beforeEach(async () => {
    count += 1;
    model = `movie_${count}`;
    tag = `tag_${count}`;
    await putModel(system.edge, tag, { key: 'bigint', fields: [{ name: 'label', type: 'text' }] });
    await putModel(system.edge, model, { fields: [{ name: 'title', type: 'text' }] });
  });

  test('is added to records that have none yet, in one step that scans nothing', async () => {
    const id = await create(model, { title: 'a' });
    const [one, two] = [await create(tag, {}), await create(tag, {})];
    const added = await add();
    expect(added.body).toMatchObject({ status: 'done' });
    expect(kinds(added)).toEqual(['expand createJoinTable', 'publish publish']);
    expect(await read(id)).toMatchObject({ title: 'a', tags: [] });
    await system.edge.request('PATCH', records(model, id), { tags: [two, one] });
    expect(await read(id)).toMatchObject({ tags: [two, one] });
    expect(await constraints()).toEqual([
      `FOREIGN KEY (source) REFERENCES main_data.${model}(id) ON DELETE CASCADE`,
      `FOREIGN KEY (target) REFERENCES main_data.${tag}(id) ON DELETE CASCADE`,
    ]);
  });

  test('and its model are shown without anything physical, and in the JSON Schema', async () => {
    await add(list({ label: 'Tags' }));
    const shown = await system.edge.get(`/v1/main/models/${model}`);
    expect(shown.body.fields[1]).toEqual({
      id: expect.any(String),
      ...list({ label: 'Tags', onDelete: 'cascade' }),
    });
    const again = await putModel(system.edge, model, shown.body);
    expect(again.body.plan.steps).toEqual([]);
    const schema = await system.edge.get(`/v1/main/models/${model}/schema.json`);
    expect(schema.body.properties.tags).toMatchObject({ type: 'array', uniqueItems: true, title: 'Tags' });
  });

  test('keeps its links through renames of the field and of both models', async () => {
    await add();
    const one = await create(tag, {});
    const id = await create(model, { tags: [one] });
    const renamed = await change(
      system.edge,
      operations(
        { op: 'renameField', model, from: 'tags', to: 'labels' },
        { op: 'renameModel', from: model, to: `${model}_b` },
        { op: 'renameModel', from: tag, to: `${tag}_b` },
      ),
    );
    expect(kinds(renamed)).toEqual(['publish publish']);
    expect((await system.edge.get(records(`${model}_b`, id))).body).toMatchObject({ labels: [one] });
    const shown = await system.edge.get(`/v1/main/models/${model}_b`);
    expect(shown.body.fields[1]).toMatchObject({ name: 'labels', to: `${tag}_b` });
  });

  test('keeps its links while tables and columns are called as models and fields are today', async () => {
    await add();
    const one = await create(tag, {});
    const id = await create(model, { tags: [one] });
    const renamed = await change(
      system.edge,
      operations(
        { op: 'renameField', model, from: 'tags', to: 'labels' },
        { op: 'renameModel', from: model, to: `${model}_b` },
        { op: 'renameModel', from: tag, to: `${tag}_b` },
      ),
    );
    expect(renamed.body).toMatchObject({ status: 'done' });
    const names = [`${model}_b`, `${tag}_b`];
    const aligned = await change(
      system.edge,
      operations(...names.map((name) => ({ op: 'alignNames', model: name }))),
    );
    expect((await ended(system.edge, aligned.body.id)).body).toMatchObject({ status: 'done' });
    expect((await system.edge.get(records(`${model}_b`, id))).body).toMatchObject({ labels: [one] });
    const more = await system.edge.request('PATCH', records(`${model}_b`, id), {
      labels: [await create(`${tag}_b`, {}), one],
    });
    expect(more.body.labels).toHaveLength(2);
    const nobody = await system.edge.request('PATCH', records(`${model}_b`, id), { labels: ['7'] });
    expect(nobody.body).toMatchObject({ status: 409, errors: [{ path: '/labels/0' }] });
    const dropped = await confirmed(
      system.edge,
      operations({ op: 'dropField', model: `${model}_b`, field: 'labels' }),
    );
    expect((await ended(system.edge, dropped.body.id)).body).toMatchObject({ status: 'done' });
    expect((await joinTables())[0]).toMatch(/^main_trash\./);
  });

  test('stays as it is while another field of its model takes another type and is unique', async () => {
    await add();
    const one = await create(tag, {});
    const id = await create(model, { title: '7', tags: [one] });
    const moved = await change(
      system.edge,
      operations({ op: 'alterField', model, field: 'title', set: { type: 'integer', unique: true } }),
    );
    expect((await ended(system.edge, moved.body.id)).body).toMatchObject({ status: 'done' });
    expect(await read(id)).toMatchObject({ title: 7, tags: [one] });
  });

  test('is an array in the readable view of its model', async () => {
    await add();
    const [one, two] = [await create(tag, {}), await create(tag, {})];
    const id = await create(model, { tags: [two, one] });
    expect(await system.sql(`select tags::text[] from main.${model} where id = $1`, [id])).toEqual([
      { tags: [two, one] },
    ]);
    const dropped = await confirmed(system.edge, operations({ op: 'dropField', model, field: 'tags' }));
    expect((await ended(system.edge, dropped.body.id)).body).toMatchObject({ status: 'done' });
    expect(await system.sql(`select * from main.${model}`)).toMatchObject([{ id, title: null }]);
  });

  test('is dropped into the trash with its links, which bind nothing there', async () => {
    await add(list({ onDelete: 'restrict' }));
    const one = await create(tag, {});
    const id = await create(model, { tags: [one] });
    expect(await remove(tag, one)).toBe(409);
    const drop = operations({ op: 'dropField', model, field: 'tags' });
    expect((await change(system.edge, drop)).body).toMatchObject({ code: 'destructive_unconfirmed' });
    const dropped = await confirmed(system.edge, drop);
    expect(dropped.body).toMatchObject({ status: 'published' });
    expect(await read(id)).not.toHaveProperty('tags');
    expect((await ended(system.edge, dropped.body.id)).body).toMatchObject({ status: 'done' });
    const [table = ''] = await joinTables();
    expect(table).toMatch(/^main_trash\._/);
    expect(await remove(tag, one)).toBe(204);
    const [schema, name] = table.split('.');
    const links = () => system.sql(`select source::text, target::text from ${schema}."${name}"`);
    expect(await links()).toEqual([{ source: id, target: one }]);
    expect(await remove(model, id)).toBe(204);
    expect(await links()).toEqual([]);
  });

  test('that is dropped and added again starts empty, in a join table of its own', async () => {
    await add();
    const id = await create(model, { tags: [await create(tag, {})] });
    await confirmed(system.edge, operations({ op: 'dropField', model, field: 'tags' }));
    expect((await add()).body).toMatchObject({ status: 'done' });
    expect(await read(id)).toMatchObject({ tags: [] });
    expect(await joinTables()).toHaveLength(2);
  });

  test('goes to the trash with its model, and sets free what it held', async () => {
    await add(list({ onDelete: 'restrict' }));
    const one = await create(tag, {});
    await create(model, { tags: [one] });
    const dropped = await confirmed(system.edge, operations({ op: 'dropModel', model }));
    expect((await ended(system.edge, dropped.body.id)).body).toMatchObject({ status: 'done' });
    expect((await joinTables())[0]).toMatch(/^main_trash\./);
    expect(await remove(tag, one)).toBe(204);
  });

  test('is in the way of dropping what it refers to, unless it is dropped as well', async () => {
    await add();
    await create(model, { tags: [await create(tag, {})] });
    const drop = { op: 'dropModel', model: tag };
    expect((await change(system.edge, operations(drop))).body).toMatchObject({
      errors: [{ code: 'model_referenced' }],
    });
    const both = operations(drop, { op: 'dropField', model, field: 'tags' });
    const dropped = await confirmed(system.edge, both);
    expect((await ended(system.edge, dropped.body.id)).body).toMatchObject({ status: 'done' });
    expect(await system.sql(`select from main_trash.${tag}`)).toHaveLength(1);
  });

  test('takes another onDelete', async () => {
    await add();
    const [one, two] = [await create(tag, {}), await create(tag, {})];
    const id = await create(model, { tags: [one, two] });
    const altered = await alter({ onDelete: 'restrict' });
    expect(await remove(tag, one)).toBe(409);
    expect((await ended(system.edge, altered.body.id)).body).toMatchObject({ status: 'done' });
    expect(await constraints()).toEqual([
      `FOREIGN KEY (source) REFERENCES main_data.${model}(id) ON DELETE CASCADE`,
      `FOREIGN KEY (target) REFERENCES main_data.${tag}(id) ON DELETE RESTRICT`,
    ]);
    const back = await alter({ onDelete: 'cascade' });
    expect((await ended(system.edge, back.body.id)).body).toMatchObject({ status: 'done' });
    expect(await remove(tag, one)).toBe(204);
    expect(await read(id)).toMatchObject({ tags: [two] });
  });

  test('has no part in indexes and no values for existing records', async () => {
    const both = await change(system.edge, {
      ...operations({ op: 'addField', model, field: list() }),
      backfill: { [`${model}.tags`]: [] },
    });
    expect(both.body).toMatchObject({ code: 'not_supported', errors: [{ path: `/backfill/${model}.tags` }] });
    await add();
    for (const op of [
      { op: 'addIndex', model, fields: ['title', 'tags'] },
      { op: 'addUnique', model, fields: ['tags'] },
      { op: 'addIndex', model, fields: ['tags'], kind: 'fullText' },
    ]) {
      expect((await change(system.edge, operations(op))).body).toMatchObject({
        errors: [{ code: 'conflicting_properties' }],
      });
    }
    const where = { op: 'addIndex', model, fields: ['title'], where: { tags: { _null: true } } };
    expect((await change(system.edge, operations(where))).body).toMatchObject({
      errors: [{ code: 'unknown_field' }],
    });
  });

  test('has the same name in two models, and one that only together with the model is another', async () => {
    const to = tag;
    const fields = [{ name: 'c', type: 'references', to }];
    await putModel(system.edge, `${model}_a_b`, { fields });
    await putModel(system.edge, `${model}_a`, { fields: [...fields, { ...fields[0], name: 'b_c' }] });
    const one = await create(tag, {});
    await create(`${model}_a_b`, { c: [one] });
    expect(await create(`${model}_a`, { b_c: [], c: [one] })).toBeDefined();
    expect(await joinTables()).toHaveLength(3);
  });
});
