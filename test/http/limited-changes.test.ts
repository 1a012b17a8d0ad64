import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';

let system: InProcess;
beforeAll(async () => {
  system = await InProcess.start({ GRACE_SECONDS: '0' });
  const name = { name: 'name', type: 'text' };
  await changed({
    models: [
      { name: 'person', fields: [name] },
      { name: 'studio', fields: [name] },
      { name: 'movie', fields: [{ name: 'title', type: 'text' }] },
      { name: 'review', fields: [name, { name: 'movie', type: 'reference', to: 'movie' }] },
    ],
  });
});
afterAll(() => system.stop());

/** Of root. */
async function changed(body: object): Promise<string> {
  const plan = await system.request('POST', '/v1/main/plans', body);
  const sent = await system.request('POST', '/v1/main/changes', { ...body, confirm: plan.body.hash });
  expect(sent.status, JSON.stringify(sent.body)).toBe(202);
  await system.deliverAll();
  return sent.body.id;
}

/** Requests with a new key for some models. */
async function withKey(...models: readonly string[]) {
  const scopes = ['models:read', 'models:write'];
  const { body } = await system.request('POST', '/v1/main/keys', { label: 'a key', scopes, models });
  return (method: string, path: string, sent?: object, headers: Readonly<Record<string, string>> = {}) =>
    system.request(method, `/v1/main${path}`, sent, { Authorization: `Bearer ${body.key}`, ...headers });
}

const operations = (...list: readonly object[]) => ({ operations: list });
const note = { name: 'note', type: 'text' };

describe('a key that is limited to models plans and changes', () => {
  test('these, by operations and by definitions, under whatever names', async () => {
    const ask = await withKey('movie', 'person');
    const body = operations(
      { op: 'addField', model: 'movie', field: note },
      { op: 'addField', model: 'movie', field: { name: 'director', type: 'reference', to: 'person' } },
      { op: 'renameModel', from: 'movie', to: 'film' },
    );
    const plan = await ask('POST', '/plans', body);
    expect(Object.keys(plan.body.result)).toEqual(['film']);
    const sent = await ask('POST', '/changes', body);
    expect(sent.status).toBe(202);
    await system.deliverAll();
    expect((await ask('GET', `/changes/${sent.body.id}`)).body.status).toBe('done');
    const { version, hash, status, ...film } = (await ask('GET', '/models/film')).body;
    const renamed = { models: [{ ...film, name: 'movie', label: 'Movie' }] };
    expect((await ask('POST', '/changes', renamed)).status).toBe(202);
    await system.deliverAll();
    expect((await ask('GET', '/models/movie')).body).toMatchObject({ id: film.id, label: 'Movie' });
  });

  test.each([
    ['another by name', operations({ op: 'addField', model: 'person', field: note }), 'person'],
    ['a field that another has not', operations({ op: 'dropField', model: 'person', field: 'x' }), 'person'],
    ['what it makes', operations({ op: 'createModel', model: 'tag', fields: [] }), 'tag'],
    ['what it makes by a definition', { models: [{ name: 'tag', fields: [] }] }, 'tag'],
    [
      'one that takes its name from another',
      { models: [{ name: 'x', renamedFrom: 'person', fields: [] }] },
      'person',
    ],
    ['a name that another has', operations({ op: 'renameModel', from: 'movie', to: 'person' }), 'person'],
    [
      'where a reference is to lead',
      operations({ op: 'addField', model: 'movie', field: { name: 'by', type: 'reference', to: 'studio' } }),
      'studio',
    ],
    [
      'what refers to it by its key',
      operations({ op: 'changeKey', model: 'movie', key: 'bigint' }),
      'review',
    ],
    [
      'a value for another',
      { ...operations({ op: 'addField', model: 'movie', field: note }), backfill: { 'person.name': 1 } },
      'person',
    ],
    ['all that is not named', { models: [], prune: true }, 'prune'],
    ['what lies in the trash', operations({ op: 'restore', trash: crypto.randomUUID() }), 'restore'],
    ['tables', operations({ op: 'adopt', table: 'legacy.film' }), 'adopt'],
  ])('not %s, and is told what is in its way', async (_, body, named) => {
    const ask = await withKey('movie');
    for (const path of ['/plans', '/changes']) {
      const refused = await ask('POST', path, body);
      expect(refused.body).toMatchObject({ status: 403, code: 'insufficient_scope' });
      expect(refused.body.detail).toContain(named);
      expect(refused.body.plan).toBeUndefined();
    }
  });

  test('not what another refers to, by the address of the model either', async () => {
    const ask = await withKey('movie');
    const { version, hash, status, ...movie } = (await ask('GET', '/models/movie')).body;
    const rekeyed = await ask('PUT', '/models/movie', { ...movie, key: 'bigint' });
    expect(rekeyed.body).toMatchObject({
      code: 'insufficient_scope',
      detail: expect.stringContaining('review'),
    });
    const led = { name: 'by', type: 'reference', to: 'studio', onDelete: 'cascade' };
    const put = await ask('PUT', '/models/movie', { ...movie, fields: [...movie.fields, led] });
    expect(put.body).toMatchObject({ code: 'insufficient_scope', detail: expect.stringContaining('studio') });
    // What leads there already is nobody's business.
    await changed(operations({ op: 'addField', model: 'movie', field: led }));
    const now = (await ask('GET', '/models/movie')).body;
    const kept = await ask('PUT', '/models/movie', { fields: now.fields, label: 'Kept' });
    expect(kept.status, JSON.stringify(kept.body)).toBe(202);
    await system.deliverAll();
    expect((await ask('GET', `/changes/${kept.body.id}`)).body.status).toBe('done');
  });

  test('what its plan came to touch when its turn has come is refused then', async () => {
    const lone = operations({ op: 'createModel', model: 'lone', fields: [] });
    await changed(lone);
    const ask = await withKey('lone');
    // Nobody delivers the message until somebody refers to it.
    const sent = await ask('POST', '/changes', operations({ op: 'changeKey', model: 'lone', key: 'bigint' }));
    expect(sent.status, JSON.stringify(sent.body)).toBe(202);
    const refer = { op: 'addField', model: 'review', field: { name: 'lone', type: 'reference', to: 'lone' } };
    await system.request('POST', '/v1/main/changes', operations(refer));
    await system.parts.sql(
      `update remodel.changes c set seq = 100000 - seq where id in (select id from remodel.changes where status = 'queued')`,
    );
    await system.deliverAll();
    const failed = (await ask('GET', `/changes/${sent.body.id}`)).body;
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'insufficient_scope' } });
  });
});

describe('of changes, a key that is limited to models', () => {
  test('sees those that touch these alone, whoever made them', async () => {
    const ask = await withKey('movie');
    const both = await changed(
      operations(
        { op: 'addField', model: 'movie', field: { name: 'one', type: 'text' } },
        { op: 'addField', model: 'studio', field: { name: 'one', type: 'text' } },
      ),
    );
    const one = await changed(
      operations({ op: 'addField', model: 'movie', field: { name: 'two', type: 'text' } }),
    );
    const listed = (await ask('GET', '/changes')).body.data.map(({ id }: { id: string }) => id);
    expect(listed[0]).toBe(one);
    expect(listed).not.toContain(both);
    expect((await ask('GET', `/changes/${one}`)).body.models).toEqual(['movie']);
    for (const path of [`/changes/${both}`, `/changes/${both}/events`]) {
      expect((await ask('GET', path)).body.code).toBe('unknown_change');
    }
    // To end it, or to run it again under other circumstances, is for who made it.
    for (const act of ['cancel', 'retry']) {
      expect((await ask('POST', `/changes/${one}/${act}`, {})).body.code).toBe('unknown_change');
    }
  });

  test('is not shown one of others by its Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': 'of-root' };
    const body = { models: [{ name: 'secret', fields: [] }] };
    expect((await system.request('POST', '/v1/main/changes', body, headers)).status).toBe(202);
    await system.deliverAll();
    const ask = await withKey('movie');
    expect((await ask('POST', '/changes', body, headers)).body.code).toBe('idempotency_key_reused');
  });
});
