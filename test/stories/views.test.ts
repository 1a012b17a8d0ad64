import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { change, confirmed, ended, operations, putModel } from '../stack/changes.ts';
import { hasSql } from '../stack/hold.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const create = async (model: string, record: object, workspace = 'main') => {
  const answer = await system.edge.request('POST', `/v1/${workspace}/records/${model}`, record);
  expect(answer.status).toBe(201);
};
const apply = async (...list: readonly object[]) => {
  const answer = await confirmed(system.edge, operations(...list));
  expect(answer.body).toMatchObject({ plan: {} });
  expect(['published', 'done']).toContain(answer.body.status);
  return answer.body;
};
const columnsOf = async (view: string) => {
  const rows = await system.sql(
    `select a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
    where a.attrelid = to_regclass($1) and c.relkind = 'v' and a.attnum > 0 order by a.attnum`,
    [view],
  );
  return rows.map((row) => row['attname']).join();
};
const viewsLike = async (pattern: string) => {
  const rows = await system.sql(
    `select viewname from pg_views where schemaname = 'main' and viewname like $1 order by 1`,
    [pattern],
  );
  return rows.map((row) => row['viewname']);
};
const oidOf = async (view: string) => (await system.sql('select to_regclass($1)::oid as oid', [view]))[0];

async function connected<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: system.urls.owner });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('the readable view of a model', () => {
  let count = 0;
  let model: string;
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
    await create(model, { title: 'a', size: 1 });
  });

  test('has its name and the names of its fields', async () => {
    expect(await columnsOf(`main.${model}`)).toBe('id,created_at,updated_at,title,size');
    expect(await system.sql(`select title, size from main.${model}`)).toEqual([{ title: 'a', size: 1 }]);
  });

  test('follows renames, exchanged names, fields that come and fields that go', async () => {
    await apply({ op: 'renameField', model, from: 'title', to: 'name' });
    expect(await system.sql(`select name from main.${model}`)).toEqual([{ name: 'a' }]);
    await apply(
      { op: 'renameField', model, from: 'name', to: 'swap' },
      { op: 'renameField', model, from: 'size', to: 'name' },
      { op: 'renameField', model, from: 'swap', to: 'size' },
    );
    expect(await system.sql(`select name, size from main.${model}`)).toEqual([{ name: 1, size: 'a' }]);
    await apply({ op: 'addField', model, field: { name: 'stars', type: 'integer', default: 3 } });
    await apply({ op: 'dropField', model, field: 'size' });
    expect(await columnsOf(`main.${model}`)).toBe('id,created_at,updated_at,name,stars');
    // A name that comes again stands for another column; the dropped one keeps its values, unseen.
    await apply({ op: 'addField', model, field: { name: 'size', type: 'text' } });
    expect(await system.sql(`select name, stars, size from main.${model}`)).toEqual([
      { name: 1, stars: 3, size: null },
    ]);
  });

  test('follows the name of its model, two that exchange theirs included', async () => {
    const other = `${model}_b`;
    await putModel(system.edge, other, { fields: [{ name: 'note', type: 'text' }] });
    await create(other, { note: 'n' });
    await apply(
      { op: 'renameModel', from: model, to: `${model}_c` },
      { op: 'renameModel', from: other, to: model },
      { op: 'renameModel', from: `${model}_c`, to: other },
    );
    expect(await system.sql(`select note from main.${model}`)).toEqual([{ note: 'n' }]);
    expect(await system.sql(`select title from main.${other}`)).toEqual([{ title: 'a' }]);
    expect(await viewsLike(`${model}%`)).toEqual([model, other]);
  });

  test('goes with its model', async () => {
    const { id } = await apply({ op: 'dropModel', model });
    expect(await viewsLike(`${model}%`)).toEqual([]);
    const { body } = await ended(system.edge, id);
    expect(body).toMatchObject({ status: 'done' });
    expect(body).not.toHaveProperty('error');
  });

  test('stays the very same where a change leaves its names alone', async () => {
    const before = await oidOf(`main.${model}`);
    await apply({ op: 'alterField', model, field: 'size', set: { label: 'Size', default: 2, index: true } });
    expect(await oidOf(`main.${model}`)).toEqual(before);
  });

  test('is shown with its SQL by the plan', async () => {
    const body = operations({ op: 'renameField', model, from: 'title', to: 'name' });
    const { steps, warnings } = (await system.edge.request('POST', '/v1/main/plans', body)).body;
    expect(steps).toMatchObject([{ kind: 'publish', sql: [expect.stringContaining('"title" as "name"')] }]);
    expect(warnings).toEqual([]);
  });

  test('is for readers only, who see nothing but the views', async () => {
    await connected(async (client) => {
      await client.query('set role remodel_reader');
      expect((await client.query(`select title from main.${model}`)).rows).toEqual([{ title: 'a' }]);
      await expect(client.query(`delete from main.${model}`)).rejects.toThrow(/permission denied/);
      await expect(client.query(`select title from main_data.${model}`)).rejects.toThrow(/permission denied/);
      await expect(client.query('select slug from remodel.workspaces')).rejects.toThrow(/permission denied/);
    });
  });

  test('hands the rights on it over to the view that takes its place, those taken back included', async () => {
    const role = `"Analyst ${model}"`;
    await system.sql(`create role ${role} nologin`);
    await system.sql(`grant select on main.${model} to ${role}`);
    await system.sql(`revoke select on main.${model} from remodel_reader`);
    await apply({ op: 'renameField', model, from: 'title', to: 'name' });
    await apply({ op: 'renameModel', from: model, to: `${model}_b` });
    const rights = await system.sql(
      `select has_table_privilege($1, $3, 'select') as analyst, has_table_privilege($2, $3, 'select') as reader`,
      [role.replaceAll('"', ''), 'remodel_reader', `main.${model}_b`],
    );
    expect(rights).toEqual([{ analyst: true, reader: false }]);
    await system.sql(`drop owned by ${role}`);
    await system.sql(`drop role ${role}`);
  });

  test('that others read is set aside and goes on for them, and goes once nobody reads it', async () => {
    const report = `public.report_${model}`;
    await system.sql(`create view ${report} as select title, size from main.${model}`);
    const rename = { op: 'renameField', model, from: 'title', to: 'name' };
    const { warnings } = (await system.edge.request('POST', '/v1/main/plans', operations(rename))).body;
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^report_${model}|^${report}`))]);
    const { plan } = await apply(rename, { op: 'dropField', model, field: 'size' });
    expect(plan.warnings).toHaveLength(1);
    await create(model, { name: 'b' });
    expect(await system.sql(`select title, size from ${report} order by title`)).toEqual([
      { title: 'a', size: 1 },
      { title: 'b', size: null },
    ]);
    expect(await viewsLike(`${model}%`)).toEqual([model, `${model}@1`]);
    expect(await columnsOf(`main.${model}`)).toBe('id,created_at,updated_at,name');

    await apply({ op: 'renameField', model, from: 'name', to: 'label' });
    expect(await viewsLike(`${model}%`)).toEqual([model, `${model}@1`]);
    await system.sql(`drop view ${report}`);
    await apply({ op: 'renameField', model, from: 'label', to: 'title' });
    expect(await viewsLike(`${model}%`)).toEqual([model]);
  });

  test('of a dropped model goes on for those who read it', async () => {
    const report = `public.report_${model}`;
    await system.sql(`create view ${report} as select title from main.${model}`);
    const { id } = await apply({ op: 'dropModel', model });
    await ended(system.edge, id);
    expect(await system.sql(`select title from ${report}`)).toEqual([{ title: 'a' }]);
    expect(await viewsLike(`${model}%`)).toEqual([`${model}@1`]);
  });

  test('lets a column of it grow wider, unless a view of somebody else reads that', async () => {
    await apply({ op: 'addField', model, field: { name: 'price', type: 'decimal', precision: 4, scale: 2 } });
    const widen = (precision: number) =>
      change(system.edge, operations({ op: 'alterField', model, field: 'price', set: { precision } }));
    expect((await widen(6)).body).toMatchObject({ status: 'done' });
    await create(model, { price: '1000.25' });
    expect(await system.sql(`select price from main.${model} where price > 0`)).toEqual([
      { price: '1000.25' },
    ]);
    await system.sql(`create view public.prices_${model} as select price from main.${model}`);
    const refused = await widen(8);
    expect(refused.body).toMatchObject({ status: 'failed', error: { code: 'step_failed' } });
    expect(refused.body.error.detail).toMatch(/drop it, and create it again/);
    expect(await system.sql(`select price from public.prices_${model} where price > 0`)).toHaveLength(1);
    await system.sql(`drop view public.prices_${model}`);
    expect((await widen(8)).body).toMatchObject({ status: 'done' });
  });

  test('is waited for while it is being read, with no lock held on the table meanwhile', async () => {
    await connected(async (client) => {
      await client.query('begin');
      await client.query(`select title from main.${model}`);
      const tried = Promise.withResolvers<void>();
      let tries = 0;
      const locks: unknown[] = [];
      system.traffic.onRequest = async (entry) => {
        if (!hasSql(entry, `drop view "main"."${model}"`)) return;
        locks.push(
          ...(await system.sql(
            `select mode from pg_locks where relation = $1::regclass and mode = 'AccessExclusiveLock'`,
            [`main_data.${model}`],
          )),
        );
        tries += 1;
        if (tries === 2) tried.resolve();
      };
      const renamed = apply(
        { op: 'renameField', model, from: 'title', to: 'name' },
        { op: 'alterField', model, field: 'size', set: { default: 4 } },
      );
      await tried.promise;
      await create(model, { title: 'b' });
      await client.query('commit');
      await renamed;
      system.traffic.reset();
      expect(locks).toEqual([]);
    });
    expect(await system.sql(`select name, size from main.${model} order by name`)).toEqual([
      { name: 'a', size: 1 },
      { name: 'b', size: null },
    ]);
  });

  test('is not made over what somebody else made under its name', async () => {
    await system.sql(`create table main.${model}_b (mine text)`);
    const { plan } = await apply({ op: 'renameModel', from: model, to: `${model}_b` });
    expect(plan.warnings).toEqual([expect.stringContaining(`main.${model}_b is not Remodel's`)]);
    expect(await system.sql(`select mine from main.${model}_b`)).toEqual([]);
    expect(await viewsLike(`${model}%`)).toEqual([]);
    await system.sql(`drop table main.${model}_b`);
    await apply({ op: 'alterField', model: `${model}_b`, field: 'size', set: { label: 'Size' } });
    expect(await viewsLike(`${model}%`)).toEqual([`${model}_b`]);
  });
});

test('a schema that somebody else made under the name of a workspace is left alone', async () => {
  await system.sql('create schema taken');
  await system.sql('create table taken.movie (mine text)');
  await system.edge.request('POST', '/v1/workspaces', { slug: 'taken', label: null });
  const body = operations({ op: 'createModel', definition: { name: 'film', fields: [] } });
  const answer = await change(system.edge, body, 'taken');
  expect(answer.body).toMatchObject({
    status: 'done',
    plan: { warnings: [expect.stringContaining('taken')] },
  });
  await create('film', {}, 'taken');
  const relations = `select relname from pg_class where relnamespace = 'taken'::regnamespace`;
  expect(await system.sql(relations)).toEqual([{ relname: 'movie' }]);
});
