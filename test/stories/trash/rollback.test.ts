import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../../stack/answer.ts';
import { carryOut, change, ended, operations, putModel } from '../../stack/changes.ts';
import { type System, startSystem } from '../../stack/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ bindings: { GRACE_SECONDS: '0' } });
});
afterAll(() => system.stop());

const WAIT = { Prefer: 'wait=20' };
const ask = (method: string, path: string, body?: unknown, headers = {}) =>
  system.edge.request(method, `/v1/main/${path}`, body, headers);

const done = (...list: readonly object[]) => carryOut(system.edge, ...list);

/** Rolls back and answers the change at its end; what it drops is looked at and confirmed. */
async function rollBack(model: string, to: number, more: object = {}): Promise<Answer> {
  const path = `models/${model}/rollback`;
  let sent = await ask('POST', path, { to, ...more }, WAIT);
  if (sent.body.code === 'destructive_unconfirmed')
    sent = await ask('POST', path, { to, ...more, confirm: sent.body.plan.hash }, WAIT);
  return sent.status >= 400 ? sent : ended(system.edge, sent.body.id);
}

const differences = async (model: string, version: number) =>
  (await ask('GET', `models/${model}/versions/${version}`)).body.differences;

test('define, use, rename, convert, drop, regret: a rollback leads back to the first version, with the data', async () => {
  await putModel(system.edge, 'movie', {
    fields: [
      { name: 'title', type: 'text', required: true },
      { name: 'year', type: 'integer', index: true },
      { name: 'gross', type: 'bigint', min: 0 },
    ],
    indexes: [{ fields: ['title', 'gross'], unique: true }],
  });
  const first = (await ask('GET', 'models/movie')).body;
  const { id } = (await ask('POST', 'records/movie', { title: 'Alien', year: 1979, gross: '106' })).body;
  await done(
    { op: 'renameModel', from: 'movie', to: 'film' },
    { op: 'renameField', model: 'film', from: 'title', to: 'name' },
  );
  await done({ op: 'alterField', model: 'film', field: 'year', set: { type: 'text' } });
  await done({ op: 'dropField', model: 'film', field: 'gross' });
  await done({ op: 'addField', model: 'film', field: { name: 'note', type: 'text' } });
  await ask('PATCH', `records/film/${id}`, { year: '1980', note: 'later' });
  expect(await differences('film', 3)).toEqual(['year is a text, was an integer']);

  const plan = await ask('POST', 'plans', operations({ op: 'rollbackModel', model: 'film', to: 1 }));
  expect(plan.body).toMatchObject({ destructive: true, questions: [] });
  const back = await rollBack('film', 1);
  expect(back.body, JSON.stringify(back.body.error)).toMatchObject({ status: 'done' });
  expect(back.body).not.toHaveProperty('error');
  expect((await ask('GET', `records/movie/${id}`)).body).toMatchObject({
    title: 'Alien',
    year: 1980,
    gross: '106',
  });
  const now = (await ask('GET', 'models/movie')).body;
  expect(now).toMatchObject({ version: 6, fields: first.fields, indexes: first.indexes });
  expect(await differences('movie', 6)).toEqual([
    'renamed the model film to movie',
    'dropped the field note',
    'renamed the field name to title',
    'year is an integer, was a text',
    'added the field gross, a bigint',
    'added a unique index over title, gross',
  ]);
  const names = (await ask('GET', 'trash')).body.data.map((one: { name: string }) => one.name);
  expect(names.toSorted()).toEqual(['note', 'year', 'year']);
  // And forward again, to what was rolled back.
  expect((await rollBack('movie', 5)).body).toMatchObject({ status: 'done' });
  expect((await ask('GET', `records/film/${id}`)).body).toMatchObject({
    name: 'Alien',
    year: '1980',
    note: 'later',
  });
});

test('a rollback says what is gone, and brings its field back empty', async () => {
  await putModel(system.edge, 'shop', {
    fields: [
      { name: 'name', type: 'text' },
      { name: 'tax', type: 'integer', required: true },
    ],
  });
  const { id } = (await ask('POST', 'records/shop', { name: 'a', tax: 7 })).body;
  await done({ op: 'dropField', model: 'shop', field: 'tax' });
  await system.sql(`delete from remodel.trash where name = 'shop.tax'`);
  const plan = await ask('POST', 'plans', operations({ op: 'rollbackModel', model: 'shop', to: 1 }));
  expect(plan.body.warnings).toEqual([
    'shop.tax comes back empty: its data are gone, for it was purged from the trash',
  ]);
  expect((await rollBack('shop', 1)).body).toMatchObject({ code: 'preflight_failed' });
  const back = await rollBack('shop', 1, { backfill: { 'shop.tax': 19 } });
  expect(back.body).toMatchObject({ status: 'done' });
  expect((await ask('GET', `records/shop/${id}`)).body).toMatchObject({ tax: 19 });
});

test('a rollback to what referred to a model in the trash names that, and both may come back at once', async () => {
  await putModel(system.edge, 'studio', { fields: [] });
  await putModel(system.edge, 'show', { fields: [{ name: 'studio', type: 'reference', to: 'studio' }] });
  const studio = (await ask('POST', 'records/studio', {})).body.id;
  const { id } = (await ask('POST', 'records/show', { studio })).body;
  await done({ op: 'dropField', model: 'show', field: 'studio' });
  await done({ op: 'dropModel', model: 'studio' });
  const refused = await rollBack('show', 1);
  expect([refused.status, refused.body.code]).toEqual([409, 'in_trash']);
  const sent = await change(
    system.edge,
    operations({ op: 'restore', trash: refused.body.trash }, { op: 'rollbackModel', model: 'show', to: 1 }),
  );
  const back = await ended(system.edge, sent.body.id);
  expect(back.body, JSON.stringify(back.body)).toMatchObject({ status: 'done' });
  expect((await ask('GET', `records/show/${id}`)).body).toMatchObject({ studio });
});

test('a rollback is refused where there is no such version, or the key was another', async () => {
  await putModel(system.edge, 'thing', { fields: [{ name: 'a', type: 'text' }] });
  const unknown = await rollBack('thing', 9);
  expect([unknown.status, unknown.body.code]).toEqual([404, 'unknown_version']);
  const wrong = await rollBack('thing', 0);
  expect(wrong.body).toMatchObject({ code: 'validation_failed', errors: [{ path: '/to' }] });
  const nothing = await rollBack('nothing', 1);
  expect([nothing.status, nothing.body.code]).toEqual([404, 'unknown_model']);
  await done({ op: 'changeKey', model: 'thing', key: 'text' });
  const other = await rollBack('thing', 1);
  expect([other.status, other.body.errors[0].code]).toEqual([422, 'not_alone']);
  expect((await rollBack('thing', 2)).body).toMatchObject({ status: 'done', steps: [] });
  await done({ op: 'dropModel', model: 'thing' });
  const dropped = await rollBack('thing', 1);
  expect([dropped.status, dropped.body.code]).toEqual([409, 'in_trash']);
});
