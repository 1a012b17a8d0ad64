import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Edge } from '../stack/answer.ts';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';
import { Isolate } from '../stack/isolate.ts';

type Json = Readonly<Record<string, unknown>>;

/** Everything that two models hold, with the names of records in the place of their ids. */
type Graph = Readonly<Record<string, Json>>;

let stack: InProcess;
/** Keeps the heads that it has seen for ever: it goes on with the class before. */
let slow: Isolate;
let count = 0;

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '3600' });
  slow = await Isolate.start(inject('workerPath'), { ...stack.parts.bindings, HASH_TTL_MS: '3600000' });
});
afterAll(async () => {
  await slow.stop();
  await stack.stop();
});

async function ask(edge: Edge, method: string, path: string, body?: object, headers = {}) {
  const answer = await edge.request(method, `/v1/main/${path}`, body, headers);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function publish(body: object) {
  const sent = await ask(stack, 'POST', 'changes', body);
  await stack.deliverAll();
  return ask(stack, 'GET', `changes/${sent.id}`);
}

async function endGrace(id: string) {
  await stack.parts.sql('update remodel.changes set contract_at = now() where id = $1', [id]);
  await stack.deliver({ workspace: 'main' });
  return ask(stack, 'GET', `changes/${id}`);
}

const changeKey = (model: string, key: string, more: object = {}) =>
  operations({ op: 'changeKey', model, key, ...more });

/** People who have a boss and friends, and movies that have a director and a cast. */
async function makeModels(key: string) {
  count += 1;
  const [person, movie] = [`person_${count}`, `movie_${count}`];
  const named = { name: 'name', type: 'text', required: true, unique: true };
  await publish({
    models: [
      {
        name: person,
        key,
        fields: [
          named,
          { name: 'boss', type: 'reference', to: person, onDelete: 'setNull' },
          { name: 'friends', type: 'references', to: person },
          { name: 'seen', type: 'references', to: movie },
        ],
        indexes: [{ fields: ['boss', '-id'] }],
      },
      {
        name: movie,
        fields: [
          named,
          { name: 'director', type: 'reference', to: person, required: true },
          { name: 'cast', type: 'references', to: person },
        ],
        indexes: [{ fields: ['director', 'name'], unique: true }],
      },
    ],
  });
  return { person, movie };
}

type Models = Awaited<ReturnType<typeof makeModels>>;

async function records(edge: Edge, model: string): Promise<readonly Json[]> {
  return (await ask(edge, 'GET', `records/${model}?limit=1000`)).data;
}

async function graph(edge: Edge, { person, movie }: Models): Promise<Graph> {
  const all = [...(await records(edge, person)), ...(await records(edge, movie))];
  const names = new Map(all.map(({ id, name }) => [id, name]));
  const named = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(named) : (names.get(value) ?? value);
  return Object.fromEntries(
    all.map(({ id: _id, created_at: _created, updated_at: _updated, ...rest }) => [
      String(rest['name']),
      Object.fromEntries(Object.entries(rest).map(([field, value]) => [field, named(value)])),
    ]),
  );
}

/** The id of a record by its name. */
async function idOf(edge: Edge, model: string, name: string): Promise<string> {
  const { data } = await ask(edge, 'GET', `records/${model}?filter[name][_eq]=${name}`);
  return data[0].id;
}

async function fill(models: Models, key: (n: number) => object) {
  const { person, movie } = models;
  const add = (model: string, record: object) => ask(stack, 'POST', `records/${model}`, record);
  const ada = await add(person, { ...key(1), name: 'Ada' });
  const bob = await add(person, { ...key(2), name: 'Bob', boss: ada.id, friends: [ada.id] });
  const cy = await add(person, { ...key(3), name: 'Cy', boss: ada.id, friends: [bob.id, ada.id] });
  const film = await add(movie, { name: 'Film', director: bob.id, cast: [cy.id, bob.id, ada.id] });
  await add(movie, { name: 'Other', director: cy.id, cast: [] });
  await ask(stack, 'PATCH', `records/${person}/${ada.id}`, { seen: [film.id], boss: cy.id });
}

const uuids = ['', randomUUID(), randomUUID(), randomUUID(), randomUUID()];
const WAYS = [
  { from: 'uuid', to: 'text', key: () => ({}), next: { id: 'dee' } },
  { from: 'bigint', to: 'text', key: () => ({}), next: { id: 'dee' } },
  { from: 'text', to: 'uuid', key: (n: number) => ({ id: uuids[n] }), next: {} },
  { from: 'text', to: 'bigint', key: (n: number) => ({ id: String(n * 10) }), next: {} },
  { from: 'uuid', to: 'bigint', key: () => ({}), next: {}, isNew: true },
  { from: 'bigint', to: 'uuid', key: () => ({}), next: {}, isNew: true },
  {
    from: 'text',
    to: 'bigint',
    key: (n: number) => ({ id: `p${n}` }),
    next: {},
    more: { generate: true },
    isNew: true,
  },
];

describe.each(WAYS.map((way) => ({ ...way, how: way.isNew ? 'made anew' : 'converted' })))(
  'a key that goes from $from to $to, $how',
  ({ from, to, key, next, more, isNew }) => {
    let models: Models;
    let before: Graph;
    let change: {
      readonly id: string;
      readonly status: string;
      readonly plan: { readonly warnings: readonly string[] };
    };
    let olds: readonly Json[];

    beforeAll(async () => {
      models = await makeModels(from);
      await fill(models, key);
      before = await graph(slow, models);
      olds = await records(slow, models.person);
      change = await publish(changeKey(models.person, to, more));
    });

    test('is published, and every reference and list follows', async () => {
      expect(change).toMatchObject({ status: 'published' });
      expect(await graph(stack, models)).toEqual(before);
      const definition = await ask(stack, 'GET', `models/${models.person}`);
      expect(definition).toMatchObject({ key: to });
      expect(definition).not.toHaveProperty('keyColumn');
      const ada = await idOf(stack, models.person, 'Ada');
      const { data } = await ask(stack, 'GET', `records/${models.person}?filter[friends][_contains]=${ada}`);
      expect(data.map(({ name }: Json) => name).sort()).toEqual(['Bob', 'Cy']);
    });

    test('keeps the ids that can be kept, and warns of those that are new', async () => {
      const ids = async (edge: Edge) => (await records(edge, models.person)).map(({ id }) => id).sort();
      const kept = olds.map(({ id }) => id).sort();
      if (isNew) expect(await ids(stack)).not.toEqual(kept);
      else expect(await ids(stack)).toEqual(kept);
      expect(change.plan.warnings).toHaveLength(isNew ? 1 : 0);
    });

    test('is read as it was by the class before, with what is written from then on', async () => {
      expect(await graph(slow, models)).toEqual(before);
      const { person, movie } = models;
      const [ada, film] = [await idOf(stack, person, 'Ada'), await idOf(stack, movie, 'Film')];
      const dee = await ask(stack, 'POST', `records/${person}`, {
        ...next,
        name: 'Dee',
        boss: ada,
        friends: [ada],
      });
      await ask(stack, 'PATCH', `records/${movie}/${film}`, { director: dee.id, cast: [dee.id, ada] });
      await ask(stack, 'PATCH', `records/${person}/${ada}`, { friends: [dee.id], seen: [] });
      await ask(stack, 'DELETE', `records/${person}/${await idOf(stack, person, 'Bob')}`);
      const after = await graph(stack, models);
      expect(after['Film']).toMatchObject({ director: 'Dee', cast: ['Dee', 'Ada'] });
      expect(after['Cy']).toMatchObject({ friends: ['Ada'] });
      expect(await graph(slow, models)).toEqual(after);
      const [old] = olds.filter(({ name }) => name === 'Ada');
      expect(await ask(slow, 'GET', `records/${person}/${old?.['id']}`)).toMatchObject({ name: 'Ada' });
    });

    test('is the primary key after grace, and the class before fails loudly and takes the new one', async () => {
      const after = await graph(stack, models);
      expect(await endGrace(change.id)).toMatchObject({ status: 'done' });
      expect(await ask(stack, 'GET', `changes/${change.id}`)).not.toHaveProperty('error');
      expect(await graph(slow, models)).toEqual(after);
      expect(await graph(stack, models)).toEqual(after);
      const { person, movie } = models;
      const constraints = await stack.parts.sql(
        `select pg_get_constraintdef(c.oid) as definition, c.convalidated
        from pg_constraint c
        where c.conrelid = any (array['main_data.${person}', 'main_data.${movie}']::regclass[])
          and c.contype in ('p', 'f')
        order by 1`,
      );
      expect(constraints).toEqual([
        {
          definition: `FOREIGN KEY (boss_2) REFERENCES main_data.${person}(id_2) ON DELETE SET NULL`,
          convalidated: true,
        },
        {
          definition: `FOREIGN KEY (director_2) REFERENCES main_data.${person}(id_2) ON DELETE RESTRICT`,
          convalidated: true,
        },
        { definition: 'PRIMARY KEY (id)', convalidated: true },
        { definition: 'PRIMARY KEY (id_2)', convalidated: true },
      ]);
      const left = await stack.parts.sql(
        `select tgname from pg_trigger where tgrelid = any (array['main_data.${person}', 'main_data.${movie}']::regclass[]) and not tgisinternal`,
      );
      expect(left).toEqual([]);
      const dropped = await stack.parts.sql(
        `select c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid where attrelid = any (array['main_data.${person}', 'main_data.${movie}']::regclass[]) and attname like 'trash.%' order by 1`,
      );
      expect(dropped.map(({ name }) => name)).toEqual([
        `${movie}.trash.director`,
        `${person}.trash.boss`,
        `${person}.trash.id`,
      ]);
    });

    test('binds as the one before did, and takes new records', async () => {
      const { person, movie } = models;
      const dee = await idOf(stack, person, 'Dee');
      const refused = await stack.request('DELETE', `/v1/main/records/${person}/${dee}`);
      expect(refused).toMatchObject({ status: 409, body: { code: 'reference_violation' } });
      const eve = await ask(stack, 'POST', `records/${person}`, {
        ...('id' in next ? { id: 'eve' } : {}),
        name: 'Eve',
      });
      const again = await stack.request('PUT', `/v1/main/records/${person}/${eve.id}`, { name: 'Eva' });
      expect(again).toMatchObject({ status: 200, body: { id: eve.id, name: 'Eva' } });
      const lost = await stack.request('POST', `/v1/main/records/${movie}`, {
        name: 'Lost',
        director: to === 'uuid' ? randomUUID() : '999999',
      });
      expect(lost).toMatchObject({ status: 409, body: { errors: [{ path: '/director' }] } });
      const sql = await stack.parts.sql(`select id::text as id from main.${person} where name = 'Eva'`);
      expect(sql).toEqual([{ id: eve.id }]);
    });

    test('can be exchanged once more', async () => {
      const { person } = models;
      const graphBefore = await graph(stack, models);
      const other = to === 'text' ? 'uuid' : 'text';
      const more = to === 'text' ? { generate: true } : {};
      const again = await publish(changeKey(person, other, more));
      expect(again.error ?? again.status).toBe('published');
      expect(await graph(stack, models)).toEqual(graphBefore);
      expect(await endGrace(again.id)).toMatchObject({ status: 'done' });
      expect(await graph(slow, models)).toEqual(graphBefore);
    });
  },
);

describe('a change of a key', () => {
  const shown = (model: string) => ask(stack, 'GET', `models/${model}`);

  test('by the definition alone is planned as the operation is', async () => {
    const { person } = await makeModels('uuid');
    const wanted = { ...(await shown(person)), key: 'text' };
    const plan = await ask(stack, 'POST', 'plans', { models: [wanted] });
    expect(plan.hash).toBe((await ask(stack, 'POST', 'plans', changeKey(person, 'text'))).hash);
  });

  test('is refused where ids would not stay the same texts, which are counted and shown', async () => {
    const { person } = await makeModels('text');
    for (const id of ['1', '01', 'x', '-7']) await ask(stack, 'POST', `records/${person}`, { id, name: id });
    const answer = await stack.request('POST', '/v1/main/changes', changeKey(person, 'bigint'));
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'preflight_failed', checks: [{ kind: 'conversion', field: 'id', failing: 2 }] },
    });
    expect(answer.body.checks[0].samples.map(({ id }: { id: string }) => id)).toEqual(['01', 'x']);
  });

  test('is refused where a default or a condition names ids of before', async () => {
    const { person, movie } = await makeModels('uuid');
    const ada = await ask(stack, 'POST', `records/${person}`, { name: 'Ada' });
    await publish(
      operations(
        { op: 'alterField', model: movie, field: 'director', set: { default: ada.id } },
        { op: 'addIndex', model: person, fields: ['name'], where: { boss: { _eq: ada.id } } },
      ),
    );
    const refused = await stack.request('POST', '/v1/main/plans', changeKey(person, 'text'));
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ code: 'field_in_use' }] } });
    await publish(operations({ op: 'alterField', model: movie, field: 'director', set: { default: null } }));
    const again = await stack.request('POST', '/v1/main/plans', changeKey(person, 'text'));
    expect(again).toMatchObject({ status: 422, body: { errors: [{ code: 'field_in_use' }] } });
    expect(again.body.detail).toContain('index');
  });

  test('leaves a model of which the next changes find the key, and whose names can be aligned', async () => {
    const models = await makeModels('uuid');
    const { person } = models;
    await fill(models, () => ({}));
    const change = await publish(changeKey(person, 'bigint'));
    await endGrace(change.id);
    const [seven] = await records(stack, person);
    const added = { name: 'born', type: 'text' };
    await publish(operations({ op: 'addField', model: person, field: added }));
    const aligned = await publish(operations({ op: 'alignNames', model: person }));
    expect(aligned.error ?? aligned.status).toMatch(/published|done/);
    await endGrace(aligned.id);
    const computed = { name: 'days', type: 'computed', expression: `"name" || ' of ' || "name"` };
    await publish(operations({ op: 'alterField', model: person, field: 'born', set: { type: 'integer' } }));
    await publish(operations({ op: 'addField', model: person, field: computed }));
    const columns = await stack.parts.sql(
      `select attname from pg_attribute where attrelid = 'main_data.${person}'::regclass and attnum > 0 and attname like '%id%' order by 1`,
    );
    expect(columns.map(({ attname }) => attname)).toEqual(['id', 'trash.4.id']);
    const { name } = (await records(stack, person)).find(({ id }) => id === seven?.['id']) ?? {};
    expect(name).toBe(seven?.['name']);
  });
});
