import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasSql } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';

let system: InProcess;
beforeAll(async () => {
  system = await InProcess.start({ GRACE_SECONDS: '0' });
  const text = { name: 'title', type: 'text' };
  await change('main', {
    models: [
      { name: 'person', fields: [{ name: 'name', type: 'text' }] },
      { name: 'movie', fields: [text, { name: 'director', type: 'reference', to: 'person' }] },
    ],
  });
  await system.request('POST', '/v1/workspaces', { slug: 'acme' });
});
afterAll(() => system.stop());

async function change(workspace: string, body: object) {
  const sent = await system.request('POST', `/v1/${workspace}/changes`, body);
  expect(sent.status).toBe(202);
  await system.deliverAll();
}

const ALL = ['records:read', 'records:write', 'models:read', 'models:write', 'keys:admin'];
const as = (key: string) => ({ Authorization: `Bearer ${key}` });

async function made(scopes: readonly string[], more: object = {}, workspace = 'main') {
  const answer = await system.request('POST', `/v1/${workspace}/keys`, { label: 'a key', scopes, ...more });
  expect(answer.status).toBe(201);
  return answer.body;
}

describe('an API key', () => {
  test('is shown once, and kept as its hash alone', async () => {
    const { key, ...shown } = await made(['records:read'], { label: 'shop' });
    expect(key).toMatch(/^rmk_[0-9A-Za-z]{38}$/);
    expect(shown).toMatchObject({ label: 'shop', status: 'valid', scopes: ['records:read'], models: null });
    expect((await system.get(`/v1/main/keys/${shown.id}`)).body).toEqual(shown);
    const everything = [
      await system.get('/v1/main/keys'),
      await system.get('/v1/main/audit'),
      await system.parts.sql('select * from remodel.keys'),
      await system.parts.redis.command(['HGETALL', 'heads:main']),
    ];
    expect(JSON.stringify(everything)).not.toContain(key.slice(4));
  });

  test('with a typing error is refused without asking anybody', async () => {
    const { key } = await made(['records:read']);
    const wrong = key.slice(0, -8) + (key.at(-8) === 'a' ? 'b' : 'a') + key.slice(-7);
    system.parts.traffic.clear();
    const refused = await system.get('/v1/main/records/movie', as(wrong));
    expect(refused.status).toBe(401);
    expect(refused.headers.get('WWW-Authenticate')).toBe('Bearer realm="remodel"');
    expect(system.parts.traffic.entries).toEqual([]);
  });

  test.each([
    ['GET', '/v1/main/records/movie', 'records:read'],
    ['POST', '/v1/main/records/movie', 'records:write'],
    ['GET', '/v1/main/models', 'models:read'],
    ['DELETE', '/v1/main/models/movie', 'models:write'],
    ['GET', '/v1/main/keys', 'keys:admin'],
  ])('without the scope that %s %s asks for is told which: %s', async (method, path, scope) => {
    const { key } = await made(ALL.filter((one) => one !== scope));
    const refused = await system.request(method, path, undefined, as(key));
    expect(refused.body).toMatchObject({ status: 403, code: 'insufficient_scope', scope });
    expect(refused.headers.get('WWW-Authenticate')).toContain(`scope="${scope}"`);
  });

  test('does what its scopes allow, and what it does is noted as its own', async () => {
    const { key, id } = await made(ALL, { label: 'deploy' });
    const created = await system.request('POST', '/v1/main/records/movie', { title: 'Jaws' }, as(key));
    expect(created.status).toBe(201);
    const read = await system.get(`/v1/main/records/movie/${created.body.id}`, as(key));
    expect(read.body.title).toBe('Jaws');
    const sent = await system.request('PUT', '/v1/main/models/tag', { fields: [] }, as(key));
    expect(sent.body.actor).toEqual({ kind: 'key', id, label: 'deploy' });
    await system.deliverAll();
    const acts = await system.get(`/v1/main/audit?actor=${id}`, as(key));
    expect(acts.body.data).toMatchObject([{ action: 'change.submitted', actor: { label: 'deploy' } }]);
  });

  test('is for no workspace but its own, and never for all of them', async () => {
    const { key } = await made(ALL);
    for (const path of [
      '/v1/acme/models',
      '/v1/ghost/models',
      '/v1/acme/records/movie',
      '/v1/ghost/nothing',
    ]) {
      const { instance, ...refused } = (await system.get(path, as(key))).body;
      expect(refused).toMatchObject({ code: 'unauthorized', detail: 'this token is not valid' });
      expect(instance).toBe(path);
    }
    const root = await system.get('/v1/workspaces', as(key));
    expect(root.body).toMatchObject({ status: 403, code: 'insufficient_scope', scope: 'root' });
  });

  test('gives no more than it has', async () => {
    const { key } = await made(['keys:admin', 'models:read']);
    const body = { label: 'more', scopes: ['models:write'] };
    const refused = await system.request('POST', '/v1/main/keys', body, as(key));
    expect(refused.body).toMatchObject({ code: 'insufficient_scope', scope: 'models:write' });
    const { id } = await made(['models:write']);
    const rotated = await system.request('POST', `/v1/main/keys/${id}/rotate`, {}, as(key));
    expect(rotated.body).toMatchObject({ code: 'insufficient_scope', scope: 'models:write' });
    const less = await system.request('POST', '/v1/main/keys', { ...body, scopes: ['models:read'] }, as(key));
    expect(less.status).toBe(201);
  });

  test('that is asked for wrongly is not made, and every reason is told', async () => {
    const body = {
      label: '',
      scopes: ['all'],
      models: ['Movie'],
      expiresAt: '2001-01-01T00:00:00Z',
      more: 1,
    };
    const refused = await system.request('POST', '/v1/main/keys', body);
    expect(refused.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      '/more',
      '/label',
      '/scopes',
      '/models',
      '/expiresAt',
    ]);
    for (const expiresAt of ['2030-02-30T00:00:00Z', '9999-12-31T23:59:59-14:00', '2030-01-01', 0, null]) {
      const asked = { label: 'x', scopes: ['records:read'], expiresAt };
      const { status } = await system.request('POST', '/v1/main/keys', asked);
      expect([expiresAt, status]).toEqual([expiresAt, expiresAt === null ? 201 : 422]);
    }
    const ghost = { label: 'x', scopes: ['records:read'], models: ['movie', 'ghost'] };
    expect((await system.request('POST', '/v1/main/keys', ghost)).body.errors).toMatchObject([
      { path: '/models/1', code: 'unknown_model' },
    ]);
    expect((await system.get('/v1/main/keys/nothing')).body.code).toBe('unknown_key');
  });

  test('that may not read records is not shown any by a plan or a change', async () => {
    const { key } = await made(['models:read', 'models:write', 'records:write']);
    const created = { title: 'no number' };
    expect((await system.request('POST', '/v1/main/records/movie', created, as(key))).status).toBe(201);
    const body = {
      operations: [{ op: 'alterField', model: 'movie', field: 'title', set: { type: 'integer' } }],
    };
    for (const path of ['/v1/main/plans', '/v1/main/changes']) {
      const shown = await system.request('POST', path, body, as(key));
      expect(shown.body.checks).toMatchObject([{ samples: [] }]);
      expect(shown.body.checks[0].failing).toBeGreaterThan(0);
    }
    const root = await system.request('POST', '/v1/main/plans', body);
    expect(JSON.stringify(root.body.checks)).toContain('no number');
  });

  test('is made once for an Idempotency-Key, and answered again to who made it, for a day', async () => {
    const body = { label: 'once', scopes: ['records:read'] };
    const headers = { 'Idempotency-Key': 'make-a-key' };
    const make = (more: object = {}) =>
      system.request('POST', '/v1/main/keys', { ...body, ...more }, headers);
    const first = await make();
    const second = await make();
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(second.headers.get('Location')).toBe(first.headers.get('Location'));
    expect((await make({ label: 'x' })).body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    const others = { ...headers, ...as((await made(ALL)).key) };
    const without = await system.request('POST', '/v1/main/keys', body, others);
    expect(without.body).toMatchObject({ id: first.body.id, key: null });
    expect(without.body.detail).toContain(`POST ${first.headers.get('Location')}/rotate`);
    await system.parts.sql(`update remodel.keys set created_at = now() - interval '25 hours' where id = $1`, [
      first.body.id,
    ]);
    expect((await make()).body).toMatchObject({ id: first.body.id, key: null });
    const kept = JSON.stringify(await system.parts.sql('select * from remodel.keys'));
    expect(kept).not.toContain(first.body.key.slice(4));
  });

  test('is rotated once for an Idempotency-Key', async () => {
    const { id } = await made(['records:read']);
    const headers = { 'Idempotency-Key': 'rotate-a-key' };
    const rotate = (of: string, body: object = { overlapSeconds: 0 }) =>
      system.request('POST', `/v1/main/keys/${of}/rotate`, body, headers);
    const answers = await Promise.all([rotate(id), rotate(id), rotate(id)]);
    const [first] = answers;
    expect(first.status).toBe(201);
    for (const again of [...answers, await rotate(id)]) expect(again.body).toEqual(first.body);
    expect((await system.get(`/v1/main/records/movie`, as(first.body.key))).status).toBe(200);
    expect((await rotate(id, { overlapSeconds: 1 })).body.code).toBe('idempotency_key_reused');
    const other = await made(['records:read']);
    expect((await rotate(other.id)).body.code).toBe('idempotency_key_reused');
    expect((await system.get(`/v1/main/keys/${other.id}`)).body).toMatchObject({
      status: 'valid',
      rotatedTo: null,
    });
  });

  test('has its use noted, not more often than once a minute', async () => {
    const { key, id } = await made(['models:read']);
    system.parts.traffic.clear();
    for (let n = 0; n < 3; n++) expect((await system.get('/v1/main/models', as(key))).status).toBe(200);
    const used = async () => (await system.get(`/v1/main/keys/${id}`)).body.lastUsedAt;
    await expect.poll(used).not.toBeNull();
    const notes = system.parts.traffic.entries.filter((entry) => hasSql(entry, 'set last_used_at'));
    expect(notes).toHaveLength(1);
  });
});

describe('a key that is limited to models', () => {
  test('reads and writes their records, and no others, whatever the models are called', async () => {
    const person = (await system.request('POST', '/v1/main/records/person', { name: 'Ada' })).body.id;
    const { key, models } = await made(['records:read', 'records:write'], { models: ['movie'] });
    expect(models).toEqual(['movie']);
    const create = (body: object) => system.request('POST', '/v1/main/records/movie', body, as(key));
    expect((await create({ title: 'a', director: person })).status).toBe(201);
    expect((await system.get('/v1/main/records/movie', as(key))).status).toBe(200);
    for (const path of [
      '/v1/main/records/person',
      '/v1/main/records/movie?expand=director',
      '/v1/main/records/movie?filter[director.name][_eq]=Ada',
      '/v1/main/records/movie/export?select=director.name',
      '/v1/main/records/movie/aggregate?group=director.name&count',
    ]) {
      expect([path, (await system.get(path, as(key))).body.code]).toEqual([path, 'insufficient_scope']);
    }
    expect((await create({ title: 'b', director: { name: 'New' } })).body.code).toBe('insufficient_scope');
    await change('main', { operations: [{ op: 'renameModel', from: 'movie', to: 'film' }] });
    expect((await system.get('/v1/main/records/film', as(key))).status).toBe(200);
    await change('main', { models: [{ name: 'movie', fields: [] }] });
    expect((await system.get('/v1/main/records/movie', as(key))).body.code).toBe('insufficient_scope');
    await change('main', {
      operations: [{ op: 'dropModel', model: 'movie' }],
      confirm: await planOf('movie'),
    });
    await change('main', { operations: [{ op: 'renameModel', from: 'film', to: 'movie' }] });
  });

  async function planOf(model: string): Promise<string> {
    const plan = await system.request('POST', '/v1/main/plans', { operations: [{ op: 'dropModel', model }] });
    return plan.body.hash;
  }

  test('sees and changes their definitions alone, and sees the changes of these', async () => {
    const { key } = await made(['models:read', 'models:write'], { models: ['movie'] });
    const listed = await system.get('/v1/main/models', as(key));
    expect(listed.body.data.map(({ name }: { name: string }) => name)).toEqual(['movie']);
    expect(listed.headers.get('Model-Hash')).not.toContain('person');
    expect((await system.get('/v1/main/models/movie/versions', as(key))).status).toBe(200);
    expect((await system.get('/v1/main/models/person', as(key))).body.code).toBe('insufficient_scope');
    const put = (name: string, body: object) =>
      system.request('PUT', `/v1/main/models/${name}`, body, as(key));
    for (const name of ['person', 'brand_new']) {
      expect((await put(name, { fields: [] })).body.code).toBe('insufficient_scope');
    }
    const { version, hash, status, ...definition } = (await system.get('/v1/main/models/movie', as(key)))
      .body;
    const sent = await put('movie', { ...definition, label: 'Films' });
    expect(sent.status).toBe(202);
    await system.deliverAll();
    expect((await system.get(`/v1/main/changes/${sent.body.id}`, as(key))).body.status).toBe('done');
    const others = (await system.get('/v1/main/changes')).body.data.at(-1).id;
    expect((await system.get(`/v1/main/changes/${others}`, as(key))).body.code).toBe('unknown_change');
    const seen = (await system.get('/v1/main/changes', as(key))).body.data;
    expect(seen.map(({ id }: { id: string }) => id)).toContain(sent.body.id);
    expect(seen.map(({ id }: { id: string }) => id)).not.toContain(others);
    expect((await system.get('/v1/main/openapi.json', as(key))).status).toBe(200);
    const document = await system.get('/v1/main/definitions.json', as(key));
    expect(document.body.models.map(({ name }: { name: string }) => name)).toEqual(['movie']);
  });
});

describe('the validity of a key', () => {
  const revoke = (id: string) => system.request('DELETE', `/v1/main/keys/${id}`);
  const read = (key: string) => system.get('/v1/main/records/movie', as(key));
  const write = (key: string) => system.request('POST', '/v1/main/records/movie', { title: 'x' }, as(key));

  test('ends with the request that revokes it, for reads, writes and all else', async () => {
    const { key, id } = await made(ALL);
    expect([(await read(key)).status, (await write(key)).status]).toEqual([200, 201]);
    expect((await revoke(id)).status).toBe(204);
    for (const refused of [
      await read(key),
      await write(key),
      await system.get('/v1/main/models', as(key)),
      await system.get('/v1/main/nothing', as(key)),
      await system.get('/v1/main/records/ghost', as(key)),
      await system.request('PATCH', '/v1/main/records/movie/x', 'no json', as(key)),
      await system.request('POST', '/v1/main/keys', { label: 'y', scopes: ALL }, as(key)),
    ]) {
      expect(refused.body).toMatchObject({ status: 401, code: 'unauthorized' });
      expect(refused.headers.get('Model-Hash')).toBeNull();
    }
    expect((await revoke(id)).status).toBe(204);
    const acts = (await system.get('/v1/main/audit?action=key.revoked')).body.data;
    expect(acts.filter(({ subject }: { subject: string }) => subject === id)).toHaveLength(1);
    expect((await system.get(`/v1/main/keys/${id}`)).body).toMatchObject({ status: 'revoked' });
  });

  test('is known without Redis, lost or down', async () => {
    const { key, id } = await made(ALL);
    await system.parts.redis.flushAll();
    expect((await read(key)).status).toBe(200);
    system.parts.traffic.downOf.upstash = true;
    expect([(await read(key)).status, (await write(key)).status]).toEqual([200, 201]);
    const revoked = await revoke(id);
    expect(revoked.body).toMatchObject({ status: 503, code: 'redis_unavailable' });
    expect([(await read(key)).status, (await write(key)).status]).toEqual([401, 401]);
    system.parts.traffic.reset();
  });

  test('that Redis was not told of ends for writes at once, for reads when the migrator has told it', async () => {
    const { key, id } = await made(ALL);
    expect((await read(key)).status).toBe(200);
    system.parts.traffic.downOf.upstash = true;
    expect((await revoke(id)).status).toBe(503);
    system.parts.traffic.reset();
    const rows = () => system.parts.sql('select count(*)::int as n from main_data.movie');
    const before = await rows();
    expect([(await read(key)).status, (await write(key)).status]).toEqual([200, 401]);
    // Refused by the statement itself, not by the answer alone.
    expect(await rows()).toEqual(before);
    await system.deliverAll();
    expect((await read(key)).status).toBe(401);
  });

  test('is never brought back by who writes late', async () => {
    const { key, id } = await made(ALL);
    const [hash] = (await system.parts.sql('select hash from remodel.keys where id = $1', [id])).map(String);
    const fields = ['HGETALL', 'heads:main'];
    const before = JSON.stringify(await system.parts.redis.command(fields));
    const valid = /"(1\.\{\\"id\\" : \\"[^}]*\})"/.exec(before.slice(before.indexOf(id) - 40))?.[1] ?? '';
    expect(hash).toBeDefined();
    await revoke(id);
    const { heads } = (await import('../../functions/wire-edge.ts')).wireEdge(system.env);
    const field = `key:${(await import('../../src/http/access/api-key.ts')).hashKey(key)}`;
    await heads.write('main', [[field, JSON.parse(`"${valid}"`)]]);
    expect(await system.parts.redis.command(['HGET', 'heads:main', field])).toBe('2.');
    expect((await read(key)).status).toBe(401);
  });

  test('ends at its time, by the clock of the edge and by that of Postgres', async () => {
    const { key, id } = await made(ALL, { expiresAt: '2100-01-01T00:00:00Z' });
    expect([(await read(key)).status, (await write(key)).status]).toEqual([200, 201]);
    await system.parts.sql(
      `update remodel.keys set expires_at = now() - interval '1 second', revision = revision + 1 where id = $1`,
      [id],
    );
    expect((await write(key)).status).toBe(401);
    await system.sweep();
    await system.parts.redis.command(['DEL', 'swept']);
    await system.sweep();
    expect((await read(key)).status).toBe(401);
    expect((await system.get(`/v1/main/keys/${id}`)).body.status).toBe('expired');
  });

  test('overlaps with that of the key that takes its place', async () => {
    const first = await made(ALL, { expiresAt: '2100-01-01T00:00:00Z' });
    const rotate = (id: string, body?: object) => system.request('POST', `/v1/main/keys/${id}/rotate`, body);
    const next = await rotate(first.id, { overlapSeconds: 3600 });
    expect(next.status).toBe(201);
    expect(next.body).toMatchObject({ label: 'a key', scopes: ALL, status: 'valid' });
    expect(next.body.key).not.toBe(first.key);
    for (const key of [first.key, next.body.key]) {
      expect([(await read(key)).status, (await write(key)).status]).toEqual([200, 201]);
    }
    const old = (await system.get(`/v1/main/keys/${first.id}`)).body;
    expect(old).toMatchObject({ status: 'valid', rotatedTo: next.body.id });
    expect(Date.parse(old.expiresAt)).toBeLessThan(Date.now() + 3_700_000);
    expect((await rotate(first.id)).body).toMatchObject({ code: 'not_rotatable', rotatedTo: next.body.id });
    const last = await rotate(next.body.id, { overlapSeconds: 0 });
    expect([(await read(next.body.key)).status, (await write(next.body.key)).status]).toEqual([401, 401]);
    expect((await read(last.body.key)).status).toBe(200);
  });

  test('that ended three months ago is forgotten, and no less refused', async () => {
    const [ended, lasting] = [await made(ALL), await made(ALL, { expiresAt: '2100-01-01T00:00:00Z' })];
    await revoke(ended.id);
    const inRedis = async () => {
      const held: unknown = await system.parts.redis.command(['HKEYS', 'heads:main']);
      const { hashKey } = await import('../../src/http/access/api-key.ts');
      return [ended, lasting].map(({ key }) => JSON.stringify(held).includes(hashKey(key)));
    };
    const hour = async () => {
      await system.parts.redis.command(['DEL', 'swept']);
      await system.sweep();
    };
    await hour();
    expect((await system.get(`/v1/main/keys/${ended.id}`)).body.status).toBe('revoked');
    expect(await inRedis()).toEqual([true, true]);
    await system.parts.sql(`update remodel.keys set revoked_at = now() - interval '91 days' where id = $1`, [
      ended.id,
    ]);
    await hour();
    expect((await system.get(`/v1/main/keys/${ended.id}`)).body.code).toBe('unknown_key');
    expect(await inRedis()).toEqual([false, true]);
    expect([(await read(ended.key)).status, (await write(ended.key)).status]).toEqual([401, 401]);
    expect((await read(lasting.key)).status).toBe(200);
    const acts = (await system.get('/v1/main/audit')).body.data;
    expect(acts.some(({ subject }: { subject: string }) => subject === ended.id)).toBe(true);
  });
});
