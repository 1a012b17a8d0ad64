import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../stack/answer.ts';
import { carryOut, change, confirmed, ended, operations, putModel } from '../../stack/changes.ts';
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

async function restore(id: string, body?: object): Promise<Answer> {
  const sent = await ask('POST', `trash/${id}/restore`, body, WAIT);
  return sent.status >= 400 ? sent : ended(system.edge, sent.body.id);
}

const trashed = async (name: string) => {
  const { body } = await ask('GET', 'trash');
  const found = body.data.find((entry: { name: string; reason: string }) => entry.name === name);
  if (!found) throw new Error(`${name} is not in the trash: ${JSON.stringify(body.data)}`);
  return found;
};

describe('a field that was dropped', () => {
  test('lies in the trash, and comes back with its data, its rules and its indexes', async () => {
    await putModel(system.edge, 'movie', {
      fields: [
        { name: 'title', type: 'text' },
        { name: 'code', type: 'integer', unique: true, min: 1, default: 7 },
      ],
      indexes: [{ fields: ['code', 'title'] }],
    });
    const first = (await ask('POST', 'records/movie', { title: 'Alien', code: 1 })).body;
    const before = (await ask('GET', 'models/movie')).body;
    const dropped = await done({ op: 'dropField', model: 'movie', field: 'code' });
    const second = (await ask('POST', 'records/movie', { title: 'Aliens' })).body;
    const entry = await trashed('code');
    expect(entry).toMatchObject({
      kind: 'field',
      model: 'movie',
      reason: 'dropped',
      change: dropped.body.id,
    });
    expect(Date.parse(entry.purgeAfter) - Date.parse(entry.trashedAt)).toBe(30 * 86_400_000);

    const back = await restore(entry.id);
    expect(back.body).toMatchObject({ status: 'done' });
    expect(back.body).not.toHaveProperty('error');
    expect((await ask('GET', `records/movie/${first.id}`)).body).toMatchObject({ code: 1 });
    expect((await ask('GET', `records/movie/${second.id}`)).body).toMatchObject({ code: null });
    const after = (await ask('GET', 'models/movie')).body;
    expect(after).toMatchObject({ version: 3, hash: before.hash });
    expect((await ask('GET', 'trash')).body.data).toEqual([]);
    expect((await ask('POST', 'records/movie', { code: 1 })).body).toMatchObject({
      code: 'unique_violation',
    });
    expect((await ask('POST', 'records/movie', { code: 0 })).status).toBe(422);
    expect((await ask('POST', 'records/movie', {})).body).toMatchObject({ code: 7 });
    const indexes = await system.sql(
      `select indexdef from pg_indexes where schemaname = 'main_data' and tablename = 'movie'`,
    );
    expect(indexes.map(({ indexdef }) => String(indexdef).replace(/^.* btree /, '')).toSorted()).toEqual([
      '(code)',
      '(code, title)',
      '(id)',
    ]);
    expect((await ask('GET', 'models/movie/versions/3')).body.differences).toEqual([
      'added the field code, an integer, unique',
      'added an index over code, title',
    ]);
  });

  test('comes back under another name, where its own was taken meanwhile', async () => {
    await putModel(system.edge, 'song', { fields: [{ name: 'length', type: 'integer' }] });
    const { id } = (await ask('POST', 'records/song', { length: 180 })).body;
    await done({ op: 'dropField', model: 'song', field: 'length' });
    await done({ op: 'addField', model: 'song', field: { name: 'length', type: 'text' } });
    const entry = await trashed('length');
    const taken = await restore(entry.id);
    expect(taken.status).toBe(409);
    expect(taken.body).toMatchObject({ code: 'name_taken', proposal: 'length_2', errors: [{ path: '/as' }] });
    expect((await restore(entry.id, { as: taken.body.proposal })).body).toMatchObject({ status: 'done' });
    expect((await ask('GET', `records/song/${id}`)).body).toMatchObject({ length: null, length_2: 180 });
    const again = await restore(entry.id);
    expect([again.status, again.body.code]).toEqual([404, 'unknown_trash']);
  });

  test('that was required asks what records get that were created since', async () => {
    await putModel(system.edge, 'city', { fields: [{ name: 'country', type: 'text', required: true }] });
    await ask('POST', 'records/city', { country: 'Chad' });
    await done({ op: 'dropField', model: 'city', field: 'country' });
    const { id } = (await ask('POST', 'records/city', {})).body;
    const entry = await trashed('country');
    const refused = await restore(entry.id);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({
      code: 'preflight_failed',
      checks: [{ kind: 'required', failing: 1 }],
    });
    expect(refused.body.plan.warnings).toEqual([expect.stringContaining('"optional:city.country"')]);
    const filled = await restore(entry.id, { backfill: { 'city.country': 'unknown' } });
    expect(filled.body).toMatchObject({ status: 'done' });
    expect((await ask('GET', `records/city/${id}`)).body).toMatchObject({ country: 'unknown' });
    expect((await ask('POST', 'records/city', {})).status).toBe(422);

    await done({ op: 'dropField', model: 'city', field: 'country' });
    await ask('POST', 'records/city', {});
    const optional = await restore((await trashed('country')).id, {
      answers: { 'optional:city.country': true },
    });
    expect(optional.body).toMatchObject({ status: 'done' });
    expect((await ask('POST', 'records/city', {})).status).toBe(201);
  });

  test('as a reference or a list leads to what is still there, and obeys deletes again', async () => {
    await putModel(system.edge, 'person', { fields: [] });
    const reference = { name: 'author', type: 'reference', to: 'person', onDelete: 'setNull' };
    const list = { name: 'readers', type: 'references', to: 'person' };
    await putModel(system.edge, 'book', { fields: [{ name: 'title', type: 'text' }, reference, list] });
    const people = (await ask('POST', 'records/person', [{}, {}])).body.data.map(
      ({ id }: { id: string }) => id,
    );
    const [stays, goes] = people;
    const [a, b] = (
      await ask('POST', 'records/book', [
        { author: stays, readers: people },
        { author: goes, readers: [goes] },
      ])
    ).body.data;
    await done(
      { op: 'dropField', model: 'book', field: 'author' },
      { op: 'dropField', model: 'book', field: 'readers' },
    );
    expect((await ask('DELETE', `records/person/${goes}`)).status).toBe(204);
    for (const name of ['author', 'readers']) {
      const back = await restore((await trashed(name)).id);
      expect(back.body, JSON.stringify(back.body.error)).toMatchObject({ status: 'done' });
      expect(back.body).not.toHaveProperty('error');
    }
    expect((await ask('GET', `records/book/${a.id}`)).body).toMatchObject({
      author: stays,
      readers: [stays],
    });
    expect((await ask('GET', `records/book/${b.id}`)).body).toMatchObject({ author: null, readers: [] });
    expect((await ask('DELETE', `records/person/${stays}`)).status).toBe(204);
    expect((await ask('GET', `records/book/${a.id}`)).body).toMatchObject({ author: null, readers: [] });
  });

  test('that is computed is worked out anew', async () => {
    await putModel(system.edge, 'sum', {
      fields: [
        { name: 'a', type: 'integer' },
        { name: 'twice', type: 'computed', expression: 'a * 2' },
      ],
    });
    const { id } = (await ask('POST', 'records/sum', { a: 1 })).body;
    await done({ op: 'dropField', model: 'sum', field: 'twice' });
    await ask('PATCH', `records/sum/${id}`, { a: 5 });
    expect((await restore((await trashed('twice')).id)).body).toMatchObject({ status: 'done' });
    expect((await ask('GET', `records/sum/${id}`)).body).toMatchObject({ twice: 10 });
    expect((await ask('PATCH', `records/sum/${id}`, { a: 6 })).body).toMatchObject({ twice: 12 });

    // What it is computed from has become something else since.
    await done({ op: 'dropField', model: 'sum', field: 'twice' });
    await done({ op: 'alterField', model: 'sum', field: 'a', set: { type: 'text' } });
    const refused = await restore((await trashed('twice')).id);
    expect([refused.status, refused.body.code]).toEqual([409, 'not_restorable']);
    const back = { operations: [{ op: 'rollbackModel', model: 'sum', to: 1 }] };
    const sent = await confirmed(system.edge, back);
    expect((await ended(system.edge, sent.body.id)).body).toMatchObject({ status: 'done' });
    expect((await ask('GET', `records/sum/${id}`)).body).toMatchObject({ a: 6, twice: 12 });
  });

  test('is served by the previous class and the next one alike until the end of grace', async () => {
    await putModel(system.edge, 'tree', {
      fields: [
        { name: 'name', type: 'text' },
        { name: 'height', type: 'integer', required: true },
      ],
    });
    const { id } = (await ask('POST', 'records/tree', { name: 'oak', height: 9 })).body;
    await done({ op: 'dropField', model: 'tree', field: 'height' });
    const { hash } = (await ask('GET', 'models/tree')).body;
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const plan = await ask(
      'POST',
      'plans',
      operations({ op: 'restore', trash: (await trashed('height')).id }),
    );
    // Nothing that the class before would break stands before the contract.
    const early = plan.body.steps.filter((step: { phase: string }) => step.phase !== 'contract');
    expect(early.map((step: { kind: string }) => step.kind)).toEqual(['restoreColumn', 'publish']);
    expect((await ask('GET', `records/tree/${id}`)).body).not.toHaveProperty('height');
  });
});

test('a conversion that is regretted: the values of before come back beside those of today', async () => {
  await putModel(system.edge, 'film', { fields: [{ name: 'year', type: 'text' }] });
  const { id } = (await ask('POST', 'records/film', { year: 'about 1979' })).body;
  await change(system.edge, {
    ...operations({ op: 'alterField', model: 'film', field: 'year', set: { type: 'integer' } }),
    conversions: { 'film.year': { onError: 'null' } },
  }).then(({ body }) => ended(system.edge, body.id));
  const entry = await trashed('year');
  expect(entry).toMatchObject({ reason: 'converted' });
  expect((await restore(entry.id, { as: 'year_said' })).body).toMatchObject({ status: 'done' });
  expect((await ask('GET', `records/film/${id}`)).body).toMatchObject({
    year: null,
    year_said: 'about 1979',
  });
});

describe('a model that was dropped', () => {
  test('comes back with its records, lists, views and events, and what referred to it', async () => {
    await putModel(system.edge, 'genre', { fields: [{ name: 'label', type: 'text', unique: true }] });
    await putModel(system.edge, 'actor', {
      fields: [
        { name: 'name', type: 'text' },
        { name: 'genre', type: 'reference', to: 'genre', onDelete: 'setNull' },
        { name: 'likes', type: 'references', to: 'genre' },
      ],
    });
    await putModel(system.edge, 'role', { fields: [{ name: 'played_by', type: 'reference', to: 'actor' }] });
    const [drama, horror] = (await ask('POST', 'records/genre', [{ label: 'drama' }, { label: 'horror' }]))
      .body.data;
    const actor = (
      await ask('POST', 'records/actor', { name: 'Ada', genre: drama.id, likes: [drama.id, horror.id] })
    ).body;
    const role = (await ask('POST', 'records/role', { played_by: actor.id })).body;
    await done({ op: 'dropField', model: 'role', field: 'played_by' }, { op: 'dropModel', model: 'actor' });
    expect((await ask('GET', 'records/actor')).status).toBe(404);
    await ask('DELETE', `records/genre/${drama.id}`);
    const entry = await trashed('actor');
    expect(entry).toMatchObject({ kind: 'model', model: 'actor' });

    const plan = await ask('POST', 'plans', operations({ op: 'restore', trash: entry.id }));
    expect(plan.body.warnings).toContain(
      'role.played_by, which refers to actor and was dropped with it, comes back as well',
    );
    const back = await restore(entry.id);
    expect(back.body, JSON.stringify(back.body)).toMatchObject({ status: 'done' });
    expect(back.body).not.toHaveProperty('error');
    expect((await ask('GET', `records/actor/${actor.id}`)).body).toMatchObject({
      name: 'Ada',
      genre: null,
      likes: [horror.id],
    });
    expect((await ask('GET', `records/role/${role.id}?expand=played_by`)).body).toMatchObject({
      played_by: { name: 'Ada' },
    });
    expect((await ask('DELETE', `records/actor/${actor.id}`)).status).toBe(409);
    expect(await system.sql('select name from main.actor')).toEqual([{ name: 'Ada' }]);
    expect((await ask('GET', 'models/actor')).body).toMatchObject({ version: 2 });
    await ask('PATCH', `records/actor/${actor.id}`, { name: 'Grace' });
    const events = await system.sql(
      `select op from remodel.events e join remodel.models m on m.id = e.model_id where m.name = 'actor' order by n desc limit 1`,
    );
    expect(events).toEqual([{ op: 'update' }]);
    const left = (await ask('GET', 'trash')).body.data.filter((one: { model: string }) =>
      /actor|role/.test(one.model),
    );
    expect(left).toEqual([]);
  });

  test('comes back under another name, where its own was taken meanwhile', async () => {
    await putModel(system.edge, 'note', { fields: [{ name: 'text', type: 'text' }] });
    await ask('POST', 'records/note', { text: 'mine' });
    await done({ op: 'dropModel', model: 'note' });
    await putModel(system.edge, 'note', { fields: [] });
    const entry = await trashed('note');
    expect((await restore(entry.id)).body).toMatchObject({ code: 'name_taken', proposal: 'note_restored' });
    expect((await restore(entry.id, { as: 'memo' })).body).toMatchObject({ status: 'done' });
    expect((await ask('GET', 'records/memo')).body.data).toMatchObject([{ text: 'mine' }]);
    expect((await ask('GET', 'records/note')).body.data).toEqual([]);
  });

  test('needs what it refers to, or both at once', async () => {
    await putModel(system.edge, 'owner', { fields: [] });
    await putModel(system.edge, 'dog', {
      fields: [{ name: 'of', type: 'reference', to: 'owner', required: true }],
    });
    const owner = (await ask('POST', 'records/owner', {})).body;
    await ask('POST', 'records/dog', { of: owner.id });
    await done({ op: 'dropModel', model: 'dog' }, { op: 'dropModel', model: 'owner' });
    const [dog, kept] = [await trashed('dog'), await trashed('owner')];
    const refused = await restore(dog.id);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'in_trash', trash: kept.id });
    const both = [dog, kept].map(({ id }) => ({ op: 'restore', trash: id }));
    const sent = await change(system.edge, operations(...both));
    const back = await ended(system.edge, sent.body.id);
    expect(back.body).toMatchObject({ status: 'done' });
    expect(back.body).not.toHaveProperty('error');
    expect((await ask('GET', 'records/dog')).body.data).toMatchObject([{ of: owner.id }]);
    expect((await ask('DELETE', `records/owner/${owner.id}`)).status).toBe(409);
  });
});
