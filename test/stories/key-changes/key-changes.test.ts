import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Edge } from '../../stack/answer.ts';
import {
  ask,
  changeKey,
  endGrace,
  fill,
  type Graph,
  graph,
  idOf,
  type Json,
  type Models,
  makeModels,
  publish,
  records,
  slow,
  stack,
  start,
  stop,
} from './people.ts';

beforeAll(start);
afterAll(stop);

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
        `select tgname from pg_trigger where tgrelid = any (array['main_data.${person}', 'main_data.${movie}']::regclass[]) and not tgisinternal and tgname not like 'remodel_event_%'`,
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
