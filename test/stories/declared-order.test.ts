import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change, confirmed, ended, operations } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

describe.each(['reference', 'references'] as const)('models with a %s to each other', (type) => {
  let system: System;
  let count = 0;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());

  /** A workspace of its own, so that a test may declare all that is in it. */
  const workspace = async () => {
    count += 1;
    const slug = `order-${count}`;
    await system.edge.request('POST', '/v1/workspaces', { slug, label: slug });
    return slug;
  };
  const link = (to: string) => ({ name: 'next', type, to });
  const model = (name: string, to?: string) => ({ name, fields: to === undefined ? [] : [link(to)] });
  const create = async (ws: string, name: string, next?: string) => {
    const value = next === undefined ? {} : { next: type === 'reference' ? next : [next] };
    const made = await system.edge.request('POST', `/v1/${ws}/records/${name}`, value);
    expect(made.body).toMatchObject(value);
    return String(made.body.id);
  };
  const remove = (ws: string, name: string, id: string) =>
    system.edge.request('DELETE', `/v1/${ws}/records/${name}/${id}`);
  const names = async (ws: string) =>
    (await system.edge.get(`/v1/${ws}/models`)).body.data.map((m: { name: string }) => m.name);

  test('are created together, in a circle', async () => {
    const ws = await workspace();
    const made = await change(system.edge, { models: [model('a', 'b'), model('b', 'a')] }, ws);
    expect(made.body).toMatchObject({ status: 'done' });
    const b = await create(ws, 'b');
    const a = await create(ws, 'a', b);
    await create(ws, 'b', a);
  });

  test('are created where one refers to itself', async () => {
    const ws = await workspace();
    const made = await change(system.edge, { models: [model('a', 'a')] }, ws);
    expect(made.body).toMatchObject({ status: 'done' });
    await create(ws, 'a', await create(ws, 'a'));
  });

  test('are created from a chain that is declared last link first', async () => {
    const ws = await workspace();
    const chain = [model('a', 'b'), model('b', 'c'), model('c', 'd'), model('d')];
    expect((await change(system.edge, { models: chain }, ws)).body).toMatchObject({ status: 'done' });
    const d = await create(ws, 'd');
    await create(ws, 'a', await create(ws, 'b', await create(ws, 'c', d)));
  });

  test('are bound by fields that are added ahead of the model that they refer to', async () => {
    const ws = await workspace();
    await change(system.edge, { models: [model('a')] }, ws);
    const made = await change(
      system.edge,
      operations({ op: 'addField', model: 'a', field: link('b') }, { op: 'createModel', ...model('b', 'a') }),
      ws,
    );
    expect(made.body).toMatchObject({ status: 'done' });
    await create(ws, 'a', await create(ws, 'b', await create(ws, 'a')));
  });

  test('are dropped together, in a circle', async () => {
    const ws = await workspace();
    await change(system.edge, { models: [model('a', 'b'), model('b', 'a'), model('c')] }, ws);
    await create(ws, 'a', await create(ws, 'b'));
    const one = await change(system.edge, operations({ op: 'dropModel', model: 'a' }), ws);
    expect(one.body).toMatchObject({ errors: [{ code: 'model_referenced' }] });
    const drops = operations({ op: 'dropModel', model: 'a' }, { op: 'dropModel', model: 'b' });
    const dropped = await confirmed(system.edge, drops, ws);
    expect((await ended(system.edge, dropped.body.id, ws)).body).toMatchObject({ status: 'done' });
    expect(await names(ws)).toEqual(['c']);
    const trashed = await system.sql('select tablename from pg_tables where schemaname = $1 order by 1', [
      `${ws}_trash`,
    ]);
    expect(trashed.map((row) => row['tablename'])).toEqual(expect.arrayContaining(['a', 'b']));
  });

  test('are dropped by pruning to what is declared', async () => {
    const ws = await workspace();
    await change(system.edge, { models: [model('a', 'b'), model('b', 'a'), model('c', 'a')] }, ws);
    const c = await create(ws, 'c', await create(ws, 'a', await create(ws, 'b')));
    const prune = { models: [model('c')], prune: true };
    const dropped = await confirmed(system.edge, prune, ws);
    expect((await ended(system.edge, dropped.body.id, ws)).body).toMatchObject({ status: 'done' });
    expect(await names(ws)).toEqual(['c']);
    expect((await system.edge.get(`/v1/${ws}/records/c/${c}`)).body).not.toHaveProperty('next');
  });

  test('leave what they referred to free when one of them is dropped', async () => {
    const ws = await workspace();
    await change(system.edge, { models: [model('a', 'b'), model('b')] }, ws);
    const b = await create(ws, 'b');
    await create(ws, 'a', b);
    const dropped = await confirmed(system.edge, operations({ op: 'dropModel', model: 'a' }), ws);
    expect((await ended(system.edge, dropped.body.id, ws)).body).toMatchObject({ status: 'done' });
    expect((await remove(ws, 'b', b)).status).toBe(204);
  });
});
