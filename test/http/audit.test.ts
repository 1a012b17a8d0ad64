import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';

let system: InProcess;
beforeAll(async () => {
  system = await InProcess.start();
});
afterAll(() => system.stop());

const MODELS = { models: [{ name: 'movie', fields: [] }] };
const acts = async (query = '', workspace = 'main') =>
  (await system.get(`/v1/${workspace}/audit${query}`)).body.data;

describe('the audit log', () => {
  test('tells who did what, by what way and in which request, newest first', async () => {
    const cli = { 'User-Agent': 'remodel-cli/0.1.0', 'X-Request-Id': 'request-1' };
    const made = await system.request('POST', '/v1/workspaces', { slug: 'acme', label: 'Acme' });
    expect(made.status).toBe(201);
    const sent = await system.request('POST', '/v1/acme/changes', MODELS, cli);
    expect(sent.headers.get('X-Request-Id')).toBe('request-1');
    expect(sent.body).toMatchObject({ actor: { kind: 'root' }, source: 'cli' });
    await system.request('POST', `/v1/acme/changes/${sent.body.id}/cancel`);
    expect(await acts('', 'acme')).toMatchObject([
      { action: 'change.cancelled', subject: sent.body.id, source: 'api', actor: { kind: 'root' } },
      {
        action: 'change.submitted',
        subject: sent.body.id,
        source: 'cli',
        requestId: 'request-1',
        after: { models: ['movie'] },
      },
      { action: 'workspace.created', subject: 'acme', before: null, after: { label: 'Acme' } },
    ]);
  });

  test('notes nothing where nothing was done', async () => {
    const headers = { 'Idempotency-Key': 'twice' };
    const sent = await system.request('POST', '/v1/main/changes', MODELS, headers);
    await system.request('POST', '/v1/main/changes', MODELS, headers);
    await system.deliverAll();
    const late = await system.request('POST', `/v1/main/changes/${sent.body.id}/cancel`);
    expect(late.body.code).toBe('not_cancellable');
    expect((await system.request('POST', '/v1/workspaces', { slug: 'main' })).status).toBe(409);
    expect(await acts()).toMatchObject([{ action: 'change.submitted' }]);
  });

  test('is read in pages, by action and by actor', async () => {
    const first = (await system.get('/v1/acme/audit?limit=2')).body;
    expect(first.data).toHaveLength(2);
    const rest = (await system.get(`/v1/acme/audit?limit=2&cursor=${first.page.next}`)).body;
    expect(rest).toMatchObject({
      data: [{ action: 'workspace.created' }],
      page: { limit: 2, next: null },
    });
    expect(await acts('?action=change.cancelled', 'acme')).toHaveLength(1);
    expect(await acts('?actor=root', 'acme')).toHaveLength(3);
    expect(await acts('?actor=webhook', 'acme')).toEqual([]);
    expect((await system.get('/v1/acme/audit?cursor=x')).body.code).toBe('invalid_query');
    expect((await system.get('/v1/ghost/audit')).body.code).toBe('unknown_workspace');
  });

  test.each([
    ['update', `update remodel.audit set action = 'x'`],
    ['delete', 'delete from remodel.audit'],
    ['truncate', 'truncate remodel.audit'],
  ])('refuses %s, to its owner as well', async (_verb, text) => {
    await expect(system.parts.sql(text)).rejects.toThrow('only ever added to');
  });
});
