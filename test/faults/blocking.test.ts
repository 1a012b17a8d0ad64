import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../stack/changes.ts';
import { isMigrators } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';

const FIELDS = [
  { name: 'title', type: 'text', required: true },
  { name: 'year', type: 'integer' },
];

let system: InProcess;
beforeAll(async () => {
  system = await InProcess.start({ GRACE_SECONDS: '0' });
});
afterAll(() => system.stop());

let models = 0;

/** A model with a record; answers its name. */
async function createModel(): Promise<string> {
  const name = `movie_${++models}`;
  await apply({ models: [{ name, fields: FIELDS }] });
  await system.parts.sql(`insert into main_data.${name} (title) values ('Metropolis')`);
  return name;
}

async function send(body: object): Promise<string> {
  const plan = await system.request('POST', '/v1/main/plans', body);
  const confirm = plan.body.destructive ? { confirm: plan.body.hash } : {};
  const sent = await system.request('POST', '/v1/main/changes', { ...body, ...confirm });
  expect(sent.status, JSON.stringify(sent.body)).toBe(202);
  return sent.body.id;
}

async function apply(body: object): Promise<void> {
  const id = await send(body);
  await system.deliverAll();
  expect((await system.get(`/v1/main/changes/${id}`)).body).toMatchObject({ status: 'done' });
}

const alter = (field: string, set: object) => (model: string) =>
  operations({ op: 'alterField', model, field, set });

describe('strong locks', () => {
  test.each<[string, (model: string) => object]>([
    [
      'a field that is added',
      (model) => operations({ op: 'addField', model, field: { name: 'note', type: 'text' } }),
    ],
    ['a rule that is set', alter('year', { min: 1800 })],
    [
      'a field that becomes required',
      (model) => ({ ...alter('year', { required: true })(model), backfill: { [`${model}.year`]: 1927 } }),
    ],
    ['a field that is no longer required', alter('title', { required: false })],
    ['a type that changes', alter('year', { type: 'text' })],
    ['a field that is dropped', (model) => operations({ op: 'dropField', model, field: 'title' })],
    ['a model that is dropped', (model) => operations({ op: 'dropModel', model })],
  ])('of %s are held for no round trip', async (_, body) => {
    const model = await createModel();
    const { traffic } = system.parts;
    traffic.clear();
    await apply(body(model));
    const texts = traffic.entries.flatMap((entry) =>
      isMigrators(entry) && entry.proxy === 'neon' ? [entry.statements.join(';\n')] : [],
    );
    const strong = texts.filter((text) => /alter table|lock table|create trigger/.test(text));
    // A validation holds no strong lock; it scans the table.
    const apart = strong.filter((text) => !text.includes('validate constraint'));
    expect(apart.length).toBeGreaterThan(0);
    for (const text of apart) expect(text).toMatch(/;\s*commit$/);
  });

  test('are not asked for while a vacuum goes on, for whoever comes then would wait behind them', async () => {
    const model = await createModel();
    const vacuum = new pg.Client({ connectionString: system.parts.urls.owner });
    await vacuum.connect();
    // What a vacuum holds.
    await vacuum.query(`begin; lock table main_data.${model} in share update exclusive mode`);
    await send(alter('title', { required: false })(model));
    const delivered = system.deliverAll();
    const waiting = () =>
      system.parts.sql(`
        select mode from pg_locks where not granted and relation = 'main_data.${model}'::regclass`);
    while ((await waiting()).length === 0) await sleep(5);
    expect(await waiting()).toEqual([{ mode: 'ShareUpdateExclusiveLock' }]);
    await system.parts.sql(`set lock_timeout = '1ms'; update main_data.${model} set year = 1927`);
    await vacuum.query('commit');
    await delivered;
    const [column] = await system.parts.sql(`
      select attnotnull from pg_attribute where attrelid = 'main_data.${model}'::regclass and attname = 'title'`);
    expect(column).toEqual({ attnotnull: false });
    await vacuum.end();
  });
});
