import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change, confirmed, ended, operations } from '../../stack/changes.ts';
import { type System, startSystem } from '../../stack/system.ts';
import { makeShop, RIGHTS } from './legacy.ts';

const WAIT = { Prefer: 'wait=20' };

describe('a schema that was there before', () => {
  let system: System;
  const adopt = (body: object, query = '', workspace = 'main') =>
    system.edge.request('POST', `/v1/${workspace}/adopt${query}`, body, WAIT);
  const records = (path: string) => `/v1/main/records/${path}`;
  const changed = async (...list: readonly object[]) => {
    const answer = await confirmed(system.edge, operations(...list));
    expect([answer.status, answer.body.error]).toEqual([200, undefined]);
    expect((await ended(system.edge, answer.body.id)).body).toMatchObject({ status: 'done' });
  };
  /** All that Postgres says of the tables, and every row. */
  const tables = async () => ({
    columns: await system.sql(
      `select table_name, column_name, data_type, column_default, is_nullable from information_schema.columns
      where table_schema = 'shop' order by 1, ordinal_position`,
    ),
    constraints: await system.sql(
      `select conname, pg_get_constraintdef(oid) as definition from pg_constraint
      where connamespace = 'shop'::regnamespace order by conrelid::regclass::text, 1`,
    ),
    rows: await system.sql(`select p.*, p.xmin::text, p.ctid::text from shop.product p order by product_id`),
  });

  beforeAll(async () => {
    system = await startSystem();
    await makeShop(system.sql);
  });
  afterAll(() => system.stop());

  test('is not adopted where roles lack rights, and the answer says what to run', async () => {
    const refused = await adopt({ schema: 'shop' });
    expect(refused.body).toMatchObject({ status: 422, code: 'insufficient_privilege' });
    expect(refused.body.remedies).toContain('alter table shop.product owner to remodel_migrator');
    expect(refused.body.remedies).toContain('grant usage on schema shop to remodel_edge');
    await system.sql(RIGHTS);
    expect((await adopt({ schema: 'shop' }, '?plan')).status).toBe(200);
  });

  test('is shown as definitions first, with all that they do not say, and stays as it is', async () => {
    const before = await tables();
    const { body } = await adopt({ schema: 'shop' }, '?plan');
    expect(body.models.map((model: { name: string }) => model.name)).toEqual([
      'category',
      'product',
      'supplier',
      'tag',
    ]);
    const [category, product, supplier, tag] = body.models;
    expect([category.key, product.key, supplier.key, tag.key]).toEqual(['bigint', 'bigint', 'uuid', 'text']);
    expect(product.label).toBe('Product');
    const field = (name: string) => product.fields.find((one: { name: string }) => one.name === name);
    expect(field('name')).toMatchObject({ type: 'text', required: true, minLength: 2 });
    expect(field('category_id')).toMatchObject({ type: 'reference', to: 'category', onDelete: 'restrict' });
    expect(field('supplier_id')).toMatchObject({ to: 'supplier', onDelete: 'setNull', index: true });
    expect(field('grade')).toMatchObject({
      type: 'choice',
      options: ['good', 'fair', 'Poor'],
      default: 'good',
    });
    expect(field('unit_price')).toMatchObject({
      type: 'decimal',
      precision: 10,
      scale: 2,
      min: '0',
      max: '9999',
      default: '4.99',
      label: 'Price',
    });
    expect(field('units')).toMatchObject({
      type: 'integer',
      default: 0,
      help: expect.stringContaining('cellar'),
    });
    expect(field('state')).toMatchObject({ type: 'choice', options: ['new', 'sold', 'gone'] });
    expect(field('code')).toMatchObject({ type: 'text', pattern: '^[A-Z]{3}$' });
    expect(field('sold')).toMatchObject({ type: 'timestamp', default: { fn: 'now' } });
    expect(product.indexes).toEqual([
      { fields: ['category_id', 'name'], unique: true },
      { fields: ['-unit_price', 'name'] },
    ]);
    expect(category.fields[0]).toMatchObject({ name: 'name', unique: true, maxLength: 30 });
    const left = body.unmapped.map(
      ({ table, part, name }: Record<string, string>) => `${table} ${part} ${name}`,
    );
    expect(left).toEqual([
      'shop.log table log',
      'shop.product_tag table product_tag',
      'shop.category column picture',
      'shop.product column gross',
      'shop.product constraint cheap_or_good',
      'shop.product index product_cheap',
    ]);
    expect(body.plan.steps.map(({ kind, model }: Record<string, string>) => `${kind} ${model}`)).toEqual([
      'adoptTable category',
      'adoptTable product',
      'createIndex product',
      'adoptTable supplier',
      'adoptTable tag',
      'createIndex tag',
      'publish category',
    ]);
    expect(await tables()).toEqual(before);
  });

  test('becomes models without a change of its columns, constraints and rows', async () => {
    const before = await tables();
    const answer = await adopt({ schema: 'shop' });
    expect(answer.body).toMatchObject({ status: 'done' });
    expect(await tables()).toEqual(before);
    expect((await system.edge.get('/v1/main/drift')).body.data).toEqual([]);
    const owner = await system.edge.get('/v1/main/database/tables/shop.product');
    expect(owner.body).toMatchObject({ model: 'product' });
    // What is a model is not adopted again.
    expect((await adopt({ schema: 'shop' })).body).toMatchObject({ code: 'not_adoptable' });
    expect((await adopt({ table: 'shop.product', as: 'other' })).body).toMatchObject({
      code: 'model_exists',
    });
    expect((await adopt({ table: 'shop.product_tag' })).body.detail).toContain(
      'it joins shop.product and shop.tag',
    );
  });

  test('is read through filters, orders, references and groups', async () => {
    const list = await system.edge.get(
      records(
        'product?filter[grade][_eq]=good&filter[category_id.name][_eq]=Beverages&sort=-unit_price&limit=1&expand=category_id,supplier_id',
      ),
    );
    expect(list.body.data).toEqual([
      expect.objectContaining({
        id: '38',
        unit_price: '263.50',
        category_id: expect.objectContaining({ id: '1', name: 'Beverages' }),
        supplier_id: expect.objectContaining({ country: 'France', created_at: expect.any(String) }),
      }),
    ]);
    // Its table has no such columns.
    expect(list.body.data[0]).not.toHaveProperty('created_at');
    const next = await system.edge.get(records(`product?sort=grade,-sold&limit=5`));
    const page = await system.edge.get(
      records(`product?sort=grade,-sold&limit=5&cursor=${next.body.page.next}`),
    );
    expect(page.body.data).toHaveLength(5);
    const groups = await system.edge.get(records('product/aggregate?group=state&count'));
    expect(groups.body.data).toEqual([
      { state: 'gone', count: expect.any(Number) },
      { state: 'new', count: expect.any(Number) },
    ]);
    expect((await system.edge.get(records('supplier?filter[country][_eq]=France'))).body.data.length).toBe(3);
    const csv = await system.edge.get(records('product/export?format=csv&limit=1'));
    expect(csv.body).toContain('1,"Chai","1"');
  });

  test('is written, under guards, and by its own rules', async () => {
    const record = {
      name: 'Tea',
      category_id: '1',
      grade: 'fair',
      unit_price: '3',
      state: 'sold',
      details: { a: [1] },
      sold: '2026-01-01T00:00:00+02:00',
    };
    const made = await system.edge.request('POST', records('product'), record);
    expect([made.status, made.body]).toMatchObject([
      201,
      { ...record, unit_price: '3.00', units: 0, sold: '2025-12-31T22:00:00+00:00' },
    ]);
    const path = records(`product/${made.body.id}`);
    const tag = made.headers.get('ETag') ?? '';
    expect((await system.edge.get(path)).headers.get('ETag')).toBe(tag);
    expect((await system.edge.request('PATCH', path, { grade: 'Poor' }, { 'If-Match': tag })).status).toBe(
      200,
    );
    // Who writes by SQL makes another revision, too.
    const { headers } = await system.edge.get(path);
    await system.sql(`update shop.product set units = 5 where product_id = $1`, [made.body.id]);
    const late = { 'If-Match': headers.get('ETag') ?? '' };
    expect((await system.edge.request('DELETE', path, undefined, late)).status).toBe(412);
    const post = async (body: object) => (await system.edge.request('POST', records('product'), body)).body;
    expect(await post({ name: 'Tea', category_id: '1' })).toMatchObject({ code: 'unique_violation' });
    expect(await post({ name: 'Cup', category_id: '999999' })).toMatchObject({ code: 'reference_violation' });
    expect(await post({ name: 'Cup', category_id: '1', grade: 'bad' })).toMatchObject({
      code: 'validation_failed',
    });
    expect(await post({ name: 'Cup', category_id: '1', grade: 'fair', unit_price: '200' })).toMatchObject({
      code: 'check_violation',
    });
    const many = await system.edge.request('PATCH', records('product?filter[name][_eq]=Tea'), {
      grade: 'good',
    });
    expect(many.body).toMatchObject({ affected: 1 });
    const upsert = await system.edge.request('POST', records('product?onConflict=category_id,name'), [
      { name: 'Tea', category_id: '1', units: 7 },
      { name: 'Mug', category_id: '1', units: 0 },
    ]);
    expect(upsert.body.data).toMatchObject([{ units: 7, grade: 'good' }, { units: 0 }]);
    expect((await system.edge.request('PUT', records('tag/hot'), { parent: 'food' })).status).toBe(201);
    expect((await system.edge.request('DELETE', path)).status).toBe(204);
    const [noted] = await system.sql(
      `select count(*)::integer as n from remodel.events where record_id = $1 and key = 'product_id'`,
      [made.body.id],
    );
    expect(noted).toMatchObject({ n: 6 });
  });

  test('gives the same definitions in an empty workspace, but for ids', async () => {
    await system.edge.request('POST', '/v1/workspaces', { slug: 'copy' });
    const { body } = await system.edge.get('/v1/main/definitions.json');
    const withoutIds = (text: string) =>
      JSON.parse(text.replace(/"id":"[0-9a-f]{20}",?/g, '').replaceAll(',}', '}'));
    const wanted = withoutIds(JSON.stringify(body));
    expect((await change(system.edge, wanted, 'copy')).body).toMatchObject({ status: 'done' });
    const copy = await system.edge.get('/v1/copy/definitions.json');
    expect(withoutIds(JSON.stringify(copy.body))).toEqual(wanted);
  });

  test('is searched, and indexed by what an index can hold', async () => {
    const found = await system.edge.get(records('product?search=Chai&select=name'));
    expect([found.status, found.body.data]).toEqual([200, [expect.objectContaining({ name: 'Chai' })]]);
    const add = (index: object) => ({ op: 'addIndex', model: 'product', ...index });
    await changed(
      add({ fields: ['details'] }),
      add({ fields: ['units'], where: { sold: { _gt: '2026-01-01T00:00:00Z' } } }),
    );
    const path =
      'product?filter[sold][_gt]=2026-01-01T00:00:00Z&filter[details][_contains]={"a":[1]}&count=exact';
    expect((await system.edge.get(records(path))).body.page.total).toBe(0);
    for (const index of [
      { fields: ['name', 'grade'], kind: 'fullText' },
      { fields: ['name'], where: { grade: { _eq: 'good' } } },
    ]) {
      const refused = await system.edge.request('POST', '/v1/main/plans', operations(add(index)));
      expect(refused.body).toMatchObject({
        status: 422,
        detail: expect.stringMatching(
          /product\.grade is of the type shop\.grade .* alter its type to text first/,
        ),
      });
    }
  });

  test('has no moments that its tables do not keep, and says so', async () => {
    const asked =
      'sort=created_at|select=created_at|filter[updated_at][_null]=true|filter[category_id.created_at][_null]=true';
    for (const query of asked.split('|')) {
      const { body } = await system.edge.get(records(`product?${query}`));
      expect(body).toMatchObject({ status: 400, errors: [{ code: 'unknown_field' }] });
      expect(body.detail).toMatch(/(product|category) has no field (created|updated)_at/);
    }
    for (const query of ['export?format=csv&select=created_at', 'aggregate?max=created_at'])
      expect((await system.edge.get(records(`product/${query}`))).status).toBe(400);
    const category = { name: 'Beverages', created_at: '2026-01-01T00:00:00Z' };
    expect((await system.edge.request('PUT', records('category/1'), category)).body).toMatchObject({
      status: 422,
      errors: [{ path: '/created_at', code: 'unknown_field' }],
    });
    const field = { name: 'year', type: 'computed', expression: 'year(created_at)' };
    const plan = operations({ op: 'addField', model: 'category', field });
    expect((await system.edge.request('POST', '/v1/main/plans', plan)).body).toMatchObject({
      status: 422,
      errors: [{ code: 'unknown_field' }],
    });
    const csv = await system.edge.get(records('category/export?format=csv'));
    expect(csv.body.split('\r\n')[0]).toBe('id,name,description');
    const schema = await system.edge.get('/v1/main/models/category/schema.json');
    expect(Object.keys(schema.body.properties)).toEqual(['id', 'name', 'description']);
    const { components } = (await system.edge.get('/v1/main/openapi.json')).body;
    expect(Object.keys(components.schemas.category.properties)).toEqual(['id', 'name', 'description']);
    const types = (await system.edge.get('/v1/main/types.ts')).body;
    const [, product = ''] = types.split('  product: {');
    expect(product.split('  supplier: {')[0]).not.toContain('created_at');
  });

  test('changes like any other: names, types, limits, rules', async () => {
    await changed({ op: 'renameField', model: 'product', from: 'category_id', to: 'category' });
    await changed(
      {
        op: 'alterField',
        model: 'product',
        field: 'grade',
        set: { options: ['good', 'fair', 'Poor', 'new'] },
      },
      { op: 'alterField', model: 'product', field: 'units', set: { type: 'bigint' } },
      { op: 'alterField', model: 'product', field: 'unit_price', set: { max: '99999' } },
      { op: 'alterField', model: 'supplier', field: 'company_name', set: { maxLength: 80 } },
      { op: 'dropUnique', model: 'category', fields: ['name'] },
      { op: 'dropField', model: 'product', field: 'weight' },
      { op: 'addField', model: 'product', field: { name: 'gross', type: 'text' } },
      { op: 'addField', model: 'product', field: { name: 'tags', type: 'references', to: 'tag' } },
      // It has another column, whose texts an index can hold.
      { op: 'addIndex', model: 'product', fields: ['name'], where: { grade: { _eq: 'fair' } } },
    );
    expect((await system.edge.get('/v1/main/drift')).body.data).toEqual([]);
    const fields = { category: '1', grade: 'new', units: '9007199254740993', tags: ['hot', 'food'] };
    const again = await system.edge.request('POST', records('product'), {
      name: 'New',
      unit_price: '30000',
      ...fields,
    });
    expect(again.body).toMatchObject({ ...fields, unit_price: '30000.00', gross: null });
    expect(
      (
        await system.edge.request('POST', records('product'), {
          name: 'Bad',
          category: '1',
          unit_price: '-1',
        })
      ).status,
    ).toBe(422);
    for (const name of ['Twice', 'Twice']) {
      expect((await system.edge.request('POST', records('category'), { name })).status).toBe(201);
    }
    const company_name = 'long '.repeat(15);
    expect((await system.edge.request('POST', records('supplier'), { company_name })).status).toBe(201);
    const [row] = await system.sql(
      `select id, grade, units::text, tags from main.product where name = 'New'`,
    );
    expect(row).toMatchObject({ grade: 'new', units: '9007199254740993', tags: ['hot', 'food'] });
    expect((await system.edge.get(records('product/1'))).body).toMatchObject({ grade: 'good', units: '39' });
  });

  test('goes to the trash with its rows, and comes back', async () => {
    await changed({ op: 'dropModel', model: 'product' });
    const [place] = await system.sql(`select schema_name from remodel.trash where name = 'product'`);
    const [row] = await system.sql(`select count(*)::integer as n from "${place?.['schema_name']}".product`);
    expect(row).toEqual({ n: 79 });
    const trash = await system.edge.get('/v1/main/trash');
    const restore = (name: string, operation: object) => {
      const { id } = trash.body.data.find((entry: { name: string }) => entry.name === name);
      return changed({ op: 'restore', trash: id, ...operation });
    };
    await restore('product', {});
    expect((await system.edge.get(records('product/1'))).body).toMatchObject({ name: 'Chai', grade: 'good' });
    await restore('weight', { as: 'mass' });
    const mug = await system.edge.get(records('product?filter[name][_eq]=Mug'));
    const path = records(`product/${mug.body.data[0].id}`);
    expect((await system.edge.request('PATCH', path, { mass: 0.5 })).body).toMatchObject({ mass: 0.5 });
    const align = await change(system.edge, operations({ op: 'alignNames', model: 'tag' }));
    expect(align.body).toMatchObject({ code: 'not_supported' });
  });
});
