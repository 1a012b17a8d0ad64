import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';

let system: InProcess;
beforeAll(async () => {
  system = await InProcess.start({ GRACE_SECONDS: '0' });
  await system.request('POST', '/v1/workspaces', { slug: 'acme', label: 'Acme' });
  await system.request('PUT', '/v1/acme/models/movie', { fields: [{ name: 'title', type: 'text' }] });
  await system.deliverAll();
  await system.request('POST', '/v1/acme/records/movie', { title: 'Jaws' });
});
beforeEach(() => system.parts.traffic.reset());
afterAll(() => system.stop());

const patch = (body: object, slug = 'acme') => system.request('PATCH', `/v1/workspaces/${slug}`, body);
const trash = () => system.request('DELETE', '/v1/workspaces/acme');
const restore = () => system.request('POST', '/v1/workspaces/acme/restore');
const read = () => system.get('/v1/acme/records/movie');

describe('a workspace', () => {
  test('is read and changed; what is not given stays, and both states are noted', async () => {
    expect((await patch({ trashRetentionDays: 7 })).body).toMatchObject({
      label: 'Acme',
      trashRetentionDays: 7,
    });
    expect((await patch({ label: null })).body).toMatchObject({ label: null, trashRetentionDays: 7 });
    const { body } = await patch({ label: 'Acme Ltd.', trashRetentionDays: null });
    expect(body).toMatchObject({ label: 'Acme Ltd.', trashRetentionDays: null, trashedAt: null });
    expect((await system.get('/v1/workspaces/acme')).body).toEqual(body);
    const acts = (await system.get('/v1/acme/audit?action=workspace.patched')).body.data;
    expect(acts[0]).toMatchObject({
      before: { label: null, trashRetentionDays: 7 },
      after: { label: 'Acme Ltd.', trashRetentionDays: null },
    });
    expect((await patch({ label: 'x' }, 'ghost')).body.code).toBe('unknown_workspace');
  });

  test('is created once by requests of one Idempotency-Key', async () => {
    const create = (body: object, key = 'once') =>
      system.request('POST', '/v1/workspaces', body, { 'Idempotency-Key': key });
    const first = await create({ slug: 'globex', label: 'Globex' });
    const again = await create({ slug: 'globex', label: 'Globex' });
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect((await create({ slug: 'globex' })).body.code).toBe('idempotency_key_reused');
    expect((await create({ slug: 'globex', label: 'Globex' }, 'twice')).body.code).toBe('workspace_exists');
  });

  test.each([
    [{}, ''],
    [{ label: 7 }, '/label'],
    [{ trashRetentionDays: -2 }, '/trashRetentionDays'],
    [{ trashRetentionDays: 1.5 }, '/trashRetentionDays'],
    [{ slug: 'other' }, '/slug'],
  ])('is not changed by %j', async (body, path) => {
    expect((await patch(body)).body).toMatchObject({ code: 'validation_failed', errors: [{ path }] });
  });
});

describe('a workspace that goes to the trash', () => {
  test('is served by no isolate any more, and serves all it held when it is back', async () => {
    expect((await read()).status).toBe(200);
    expect((await trash()).status).toBe(204);
    expect((await read()).body.code).toBe('unknown_workspace');
    const written = await system.request('POST', '/v1/acme/records/movie', { title: 'x' });
    expect(written.body.code).toBe('unknown_workspace');
    expect((await trash()).body.code).toBe('unknown_workspace');
    // What the sweep writes brings nothing back.
    await system.parts.redis.flushAll();
    await system.sweep();
    expect((await read()).body.code).toBe('unknown_workspace');
    for (let n = 0; n < 2; n++) expect((await restore()).status).toBe(200);
    expect((await read()).body.data).toMatchObject([{ title: 'Jaws' }]);
    expect((await system.request('POST', '/v1/workspaces/ghost/restore')).body.code).toBe(
      'unknown_workspace',
    );
  });

  test('and is purged leaves nothing in Redis that the next of its name would meet', async () => {
    await system.request('POST', '/v1/workspaces', { slug: 'again' });
    await system.request('DELETE', '/v1/workspaces/again');
    await system.parts.sql(`delete from remodel.workspaces where slug = 'again'`);
    await system.request('POST', '/v1/workspaces', { slug: 'again' });
    await system.request('PUT', '/v1/again/models/movie', { fields: [] });
    await system.deliverAll();
    expect((await system.get('/v1/again/records/movie')).status).toBe(200);
  });

  test('takes its changes with it: they go on when it is back', async () => {
    const put = { fields: [{ name: 'title', type: 'text' }], label: 'Films' };
    const sent = await system.request('PUT', '/v1/acme/models/movie', put);
    await trash();
    await system.deliverAll();
    await restore();
    expect((await system.get(`/v1/acme/changes/${sent.body.id}`)).body.status).toBe('queued');
    await system.deliverAll();
    expect((await system.get(`/v1/acme/changes/${sent.body.id}`)).body.status).toBe('done');
  });

  test('while Redis cannot be told is written no more, and read no more once the migrator has told it', async () => {
    expect((await read()).status).toBe(200);
    system.parts.traffic.downOf.upstash = true;
    expect((await trash()).body).toMatchObject({ status: 503, code: 'redis_unavailable' });
    expect((await read()).body.code).toBe('unknown_workspace');
    system.parts.traffic.reset();
    const written = await system.request('POST', '/v1/acme/records/movie', { title: 'x' });
    expect(written.body.code).toBe('unknown_workspace');
    await system.deliverAll();
    expect((await read()).body.code).toBe('unknown_workspace');
    await restore();
  });
});
