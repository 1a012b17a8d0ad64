import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;
let runs = 0;
let ws: string;
beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '3600' });
});
afterAll(() => stack.stop());

/** Each test has a workspace with one model, and a Redis that was just swept. */
beforeEach(async () => {
  runs += 1;
  ws = `ws${runs}`;
  stack.parts.traffic.reset();
  await stack.parts.redis.flushAll();
  await stack.request('POST', '/v1/workspaces', { slug: ws, label: 'swept' });
  const fields = [{ name: 'title', type: 'text', required: true }];
  await stack.request('PUT', `/v1/${ws}/models/movie`, { fields });
  await stack.deliverAll();
  await stack.sweep();
  stack.nudges.length = 0;
  stack.parts.traffic.clear();
});

const RENAME = operations({ op: 'renameField', model: 'movie', from: 'title', to: 'name' });
const statements = () => stack.parts.traffic.statements;
const statusOf = async (id: string) => (await stack.get(`/v1/${ws}/changes/${id}`)).body.status;

describe('the sweep', () => {
  test('asks Redis alone where nothing is due, so that an idle database may sleep', async () => {
    await stack.sweep();
    expect(statements()).toEqual([]);
    expect(stack.parts.traffic.entries).toHaveLength(1);
    expect(stack.nudges).toEqual([]);
  });

  test('forgets a week after what it answered to requests that may be sent again', async () => {
    const create = (key: string) =>
      stack.request('POST', `/v1/${ws}/records/movie`, { title: 'Alien' }, { 'Idempotency-Key': key });
    const [old, recent] = [(await create('old')).body.id, (await create('recent')).body.id];
    const age = (key: string, days: number) =>
      stack.parts.sql(
        `update remodel.idempotency_keys set created_at = now() - interval '${days} days' where key = '${key}'`,
      );
    await age('old', 8);
    await age('recent', 6);
    await stack.parts.redis.command(['DEL', 'swept']);
    await stack.sweep();
    expect((await create('recent')).body.id).toBe(recent);
    expect((await create('old')).body.id).not.toBe(old);
  });

  test('forgets a day after what a key was made of', async () => {
    const create = () =>
      stack.request(
        'POST',
        `/v1/${ws}/keys`,
        { label: 'a', scopes: ['records:read'] },
        { 'Idempotency-Key': 'a' },
      );
    const { id, key } = (await create()).body;
    const seeds = () => stack.parts.sql('select seed from remodel.keys where seed is not null');
    const sweepAll = async () => {
      await stack.parts.redis.command(['DEL', 'swept']);
      await stack.sweep();
    };
    await sweepAll();
    expect(await seeds()).toHaveLength(1);
    expect((await create()).body).toMatchObject({ id, key });
    await stack.parts.sql(`update remodel.keys set created_at = now() - interval '25 hours'`);
    await sweepAll();
    expect(await seeds()).toEqual([]);
    expect((await create()).body).toMatchObject({ id, key: null });
  });

  test('brings back a change whose message was lost', async () => {
    const sent = await stack.request('POST', `/v1/${ws}/changes`, RENAME);
    stack.nudges.length = 0;
    await stack.sweep();
    expect(stack.nudges).toEqual([]);
    await stack.parts.redis.command(['ZADD', 'due', 'LT', '1', ws]);
    await stack.sweep();
    await stack.deliverAll();
    expect(await statusOf(sent.body.id)).toBe('done');
  });

  test('brings back contract steps whose time has come', async () => {
    const body = operations({ op: 'dropModel', model: 'movie' });
    const plan = await stack.request('POST', `/v1/${ws}/plans`, body);
    const sent = await stack.request('POST', `/v1/${ws}/changes`, { ...body, confirm: plan.body.hash });
    await stack.deliver({ workspace: ws });
    expect(await statusOf(sent.body.id)).toBe('published');
    stack.nudges.length = 0;
    const due = Number(await stack.parts.redis.command(['ZSCORE', 'due', ws]));
    expect(due - Date.now()).toBeGreaterThan(3_500_000);
    await stack.parts.sql(`update remodel.changes set contract_at = now() where status = 'published'`);
    await stack.parts.redis.command(['ZADD', 'due', 'LT', '1', ws]);
    await stack.sweep();
    expect(stack.nudges).toEqual([{ workspace: ws }]);
    await stack.deliverAll();
    expect(await statusOf(sent.body.id)).toBe('done');
    await stack.sweep();
    expect(stack.nudges).toEqual([]);
  });

  test('writes every head as the catalog has it, where Redis holds another or none', async () => {
    const head = await stack.parts.redis.command(['HGET', `heads:${ws}`, 'movie']);
    expect(head).toMatch(/^\d+\.1\./);
    await stack.parts.redis.flushAll();
    await stack.sweep();
    expect(await stack.parts.redis.command(['HGET', `heads:${ws}`, 'movie'])).toBe(head);
    const hash = String(head).split('.')[2];
    expect(await stack.parts.redis.command(['GET', `definition:${hash}`])).toContain('"movie"');
  });

  test('looks at the whole catalog once an hour at least, whatever Redis says', async () => {
    expect(await stack.parts.redis.command(['TTL', 'swept'])).toBeGreaterThan(3500);
    await stack.parts.redis.command(['DEL', 'swept']);
    await stack.sweep();
    expect(statements().some((text) => text.includes('remodel.workspaces'))).toBe(true);
  });

  test('without Redis looks at the catalog, and nudges what has work', async () => {
    const sent = await stack.request('POST', `/v1/${ws}/changes`, RENAME);
    stack.nudges.length = 0;
    stack.parts.traffic.downOf.upstash = true;
    await expect(stack.sweep()).rejects.toThrow('Redis did not answer');
    expect(stack.nudges).toEqual([{ workspace: ws }]);
    stack.parts.traffic.downOf.upstash = false;
    await stack.deliverAll();
    expect(await statusOf(sent.body.id)).toBe('done');
  });
});
