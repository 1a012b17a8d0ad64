import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';
import { SubscriberServer } from '../stack/subscriber.ts';
import { LocalResolver } from './local-resolver.ts';

const RETRIES = 4;

let stack: InProcess;
let server: SubscriberServer;
let resolver: LocalResolver;
beforeAll(async () => {
  [server, resolver] = await Promise.all([SubscriberServer.start(), LocalResolver.start()]);
  stack = await InProcess.start({
    GRACE_SECONDS: '0',
    WEBHOOK_ALLOW_LOOPBACK: 'true',
    WEBHOOK_RETRY_SECONDS: Array(RETRIES).fill('0').join(' '),
    WEBHOOK_PAUSE_AFTER: '20',
    WEBHOOK_POLL_SECONDS: '3600',
    DNS_RESOLVER_URL: resolver.url,
  });
});
afterAll(async () => {
  await stack.stop();
  await Promise.all([server.stop(), resolver.stop()]);
});

let runs = 0;
let ws: string;
beforeEach(async () => {
  ws = `told${runs++}`;
  stack.parts.traffic.reset();
  await stack.request('POST', '/v1/workspaces', { slug: ws });
  await putModel('movie');
  server.told.length = 0;
  server.requests.length = 0;
  server.answering = () => 204;
});

async function putModel(name: string) {
  await stack.request('PUT', `/v1/${ws}/models/${name}`, { fields: [{ name: 'title', type: 'text' }] });
  await stack.deliverAll();
}

async function subscribe(events: readonly string[], more: object = {}) {
  const { body, status } = await stack.request('POST', `/v1/${ws}/webhooks/subscribers`, {
    url: server.url,
    events,
    ...more,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  server.secret = body.secret;
  await stack.deliverErrands();
  return body;
}

const patch = (id: string, body: object) =>
  stack.request('PATCH', `/v1/${ws}/webhooks/subscribers/${id}`, body);
const shown = async (id: string) => (await stack.get(`/v1/${ws}/webhooks/subscribers/${id}`)).body;
const deliveries = async (id: string, query = '') =>
  (await stack.get(`/v1/${ws}/webhooks/subscribers/${id}/deliveries${query}`)).body.data;
const types = () => server.told.map(({ type }) => type);

/** What a delayed message does when its time has come. */
async function look(id: string) {
  await stack.parts.sql('update remodel.subscribers set due_at = now() where id = $1', [id]);
  await stack.deliverErrand({ subscriber: id });
  await stack.deliverErrands();
}

/** Looks until it was told so much: as long as any transaction of this Postgres is open, what came after it waits. */
async function lookUntil(id: string, isTold: () => boolean) {
  do await look(id);
  while (!isTold());
}

describe('a subscriber of changes', () => {
  test('is told that one is published, and done', async () => {
    await subscribe(['change.published', 'change.done']);
    const add = { op: 'addField', model: 'movie', field: { name: 'year', type: 'integer' } };
    const { body } = await stack.request('POST', `/v1/${ws}/changes`, operations(add));
    await stack.deliverAll();
    await stack.deliverErrands();
    expect(types()).toEqual(['change.published', 'change.done']);
    const { result } = (await stack.get(`/v1/${ws}/changes/${body.id}`)).body.plan;
    expect(server.told[0]?.data).toEqual({
      workspace: ws,
      id: body.id,
      seq: body.seq,
      status: 'done',
      models: ['movie'],
      hashes: result,
      source: 'api',
      error: null,
    });
  });

  test('is told that one failed, and why', async () => {
    await subscribe(['change.failed', 'change.published']);
    const unique = operations({ op: 'addUnique', model: 'movie', fields: ['title'] });
    await stack.request('POST', `/v1/${ws}/changes`, unique);
    // What came after it was looked at and before it was run.
    for (const title of ['Jaws', 'Jaws']) await stack.request('POST', `/v1/${ws}/records/movie`, { title });
    await stack.deliverAll();
    await stack.deliverErrands();
    expect(server.told).toMatchObject([
      { type: 'change.failed', data: { status: 'failed', error: { code: 'preflight_failed' } } },
    ]);
  });
});

describe('a subscriber of records', () => {
  test('is told what is done to those of its models, in order, by whoever does it', async () => {
    await putModel('person');
    const { id } = await subscribe(['record.created', 'record.deleted'], { models: ['movie'] });
    const created = await stack.request('POST', `/v1/${ws}/records/movie`, [
      { title: 'Jaws' },
      { title: 'Alien' },
    ]);
    await stack.request('POST', `/v1/${ws}/records/person`, { title: 'Spielberg' });
    const [jaws, alien] = created.body.data;
    await stack.request('PATCH', `/v1/${ws}/records/movie/${jaws.id}`, { title: 'Jaws 2' });
    await stack.parts.sql(`delete from "${ws}_data".movie where title = 'Jaws 2'`);
    await lookUntil(id, () => server.told.length >= 3);
    expect(server.told.map(({ type, data }) => [type, data])).toEqual([
      ['record.created', { workspace: ws, model: 'movie', id: jaws.id }],
      ['record.created', { workspace: ws, model: 'movie', id: alien.id }],
      ['record.deleted', { workspace: ws, model: 'movie', id: jaws.id }],
    ]);
    await look(id);
    expect(server.told).toHaveLength(3);
  });

  test("is told by the model's name of today, also after its key was changed", async () => {
    const { id } = await subscribe(['record.updated']);
    const { body } = await stack.request('POST', `/v1/${ws}/records/movie`, { title: 'Jaws' });
    const rename = operations({ op: 'renameModel', from: 'movie', to: 'film' });
    await stack.request('POST', `/v1/${ws}/changes`, rename);
    await stack.deliverAll();
    await stack.request('PATCH', `/v1/${ws}/records/film/${body.id}`, { title: 'Jaws 2' });
    await lookUntil(id, () => server.told.length > 0);
    expect(server.told.map(({ data }) => data)).toEqual([{ workspace: ws, model: 'film', id: body.id }]);
  });

  test('is not told of what was before it subscribed', async () => {
    await stack.request('POST', `/v1/${ws}/records/movie`, { title: 'Before' });
    const { id } = await subscribe(['record.created']);
    await stack.request('POST', `/v1/${ws}/records/movie`, { title: 'After' });
    await lookUntil(id, () => server.told.length > 0);
    expect(server.told).toHaveLength(1);
  });

  test('is told from then on where it subscribed to something else before', async () => {
    const { id } = await subscribe(['change.failed']);
    const create = (title: string) => stack.request('POST', `/v1/${ws}/records/movie`, { title });
    await create('Before');
    await patch(id, { events: ['change.failed', 'record.created'] });
    const { body: after } = await create('After');
    await lookUntil(id, () => server.told.length > 0);
    await patch(id, { events: ['record.created', 'record.deleted'] });
    const { body: later } = await create('Later');
    await lookUntil(id, () => server.told.length > 1);
    expect(server.told.map(({ data }) => data.id)).toEqual([after.id, later.id]);
  });
});

describe('a message that fails', () => {
  test('is tried again until it is taken, and keeps nothing that follows it', async () => {
    const { id } = await subscribe(['change.done']);
    let failures = 2;
    server.answering = ({ data }) => (data.models[0] === 'first' && failures-- > 0 ? 500 : 204);
    await putModel('first');
    await putModel('second');
    await stack.deliverErrands();
    expect(server.told.map(({ data }) => data.models[0])).toContain('second');
    expect(server.told.map(({ data }) => data.models[0])).toContain('first');
    expect(new Set(server.requests.map((request) => request.id)).size).toBe(2);
    const log = await deliveries(id);
    expect(
      log.map(({ status, attempts }: { status: string; attempts: number }) => [status, attempts]),
    ).toEqual([
      ['delivered', 1],
      ['delivered', 3],
    ]);
    expect(await shown(id)).toMatchObject({ failures: 0, failingSince: null });
  });

  test.each([
    [500, 'it answered 500'],
    [302, 'it answered 302'],
    ['cut' as const, 'no answer within 10 s'],
  ])('by %s is dead after its last attempt, and can be sent again by hand', async (answer, error) => {
    const { id } = await subscribe(['change.done']);
    server.answering = () => answer;
    await putModel('lost');
    await stack.deliverErrands();
    const [dead, ...others] = await deliveries(id, '?status=dead');
    expect(others).toEqual([]);
    expect(dead).toMatchObject({ status: 'dead', attempts: RETRIES + 1, error, nextAttemptAt: null });
    expect(dead.payload.data.models).toEqual(['lost']);
    server.answering = () => 204;
    const again = await stack.request(
      'POST',
      `/v1/${ws}/webhooks/subscribers/${id}/deliveries/${dead.id}/redeliver`,
    );
    expect(again.status).toBe(202);
    await stack.deliverErrands();
    expect(server.told.map((told) => told.id)).toEqual([`msg_${dead.id}`]);
    expect(await deliveries(id)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });

  test('again and again pauses its subscriber, which is told what waited when it is resumed', async () => {
    const { id } = await subscribe(['change.done', 'record.created']);
    server.answering = () => 503;
    for (let n = 0; n < 5; n++) await putModel(`model${n}`);
    await stack.deliverErrands();
    expect(await shown(id)).toMatchObject({
      status: 'paused',
      failures: 20,
      pausedReason: expect.stringContaining('20 attempts failed'),
    });
    const count = server.requests.length;
    await stack.request('POST', `/v1/${ws}/records/movie`, { title: 'Jaws' });
    await putModel('waiting');
    await look(id);
    expect(server.requests).toHaveLength(count);
    server.answering = () => 204;
    const { body } = await patch(id, { status: 'active' });
    expect(body).toMatchObject({ status: 'active', pausedReason: null, failures: 0, failingSince: null });
    await lookUntil(id, () => types().includes('record.created'));
    expect(server.told.flatMap(({ data }) => data.models ?? data.model)).toEqual(
      expect.arrayContaining(['waiting', 'movie']),
    );
  });

  test('by 410 pauses its subscriber at once', async () => {
    const { id } = await subscribe(['change.done']);
    server.answering = () => 410;
    await putModel('gone');
    await stack.deliverErrands();
    expect(server.requests).toHaveLength(1);
    expect(await shown(id)).toMatchObject({ status: 'paused', pausedReason: expect.stringContaining('410') });
  });
});

describe('the courier', () => {
  test('that is killed at each of its requests goes on, and nothing is lost', async () => {
    const { id } = await subscribe(['record.created', 'change.done']);
    const { traffic } = stack.parts;
    let isCut = true;
    for (let n = 1; isCut; n++) {
      for (const side of ['onRequest', 'onResponse'] as const) {
        const { body } = await stack.request('POST', `/v1/${ws}/records/movie`, { title: `${n} ${side}` });
        await stack.parts.sql('update remodel.subscribers set due_at = now() where id = $1', [id]);
        let requests = 0;
        isCut = false;
        traffic[side] = (entry) => {
          if (entry.proxy !== 'neon' || entry.kind !== 'websocket') return;
          requests += 1;
          if (requests !== n) return;
          isCut = true;
          throw new Error('killed, as the test asked for');
        };
        const isDone = await stack.deliverErrand({ subscriber: id });
        expect(isDone).toBe(!isCut);
        traffic[side] = undefined;
        // Its message comes again.
        if (!isDone) await stack.deliverErrand({ subscriber: id });
        // The one for the next time.
        expect(stack.errands).not.toEqual([]);
        await stack.deliverErrands();
        const told = () => server.told.filter(({ data }) => data.id === body.id);
        if (told().length === 0) await lookUntil(id, () => told().length > 0);
        expect(new Set(told().map((one) => one.id)).size).toBe(1);
        const [row] = await stack.parts.sql(
          `select due_at > now() as waits from remodel.subscribers where id = $1`,
          [id],
        );
        expect(row).toEqual({ waits: true });
      }
    }
  });

  test('leaves to one runner what two are sent for', async () => {
    const { id } = await subscribe(['change.done']);
    await putModel('once');
    const arrived = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    server.answering = async () => {
      arrived.resolve();
      await answer.promise;
      return 204;
    };
    const first = stack.deliverErrand({ subscriber: id });
    await arrived.promise;
    await stack.deliverErrand({ subscriber: id });
    expect(stack.errands.at(-1)).toEqual({ subscriber: id });
    answer.resolve();
    await first;
    await stack.deliverErrands();
    expect(server.requests).toHaveLength(1);
  });

  test('is sent again by the sweep where its message was lost', async () => {
    const { id } = await subscribe(['change.done']);
    await putModel('forgotten');
    stack.errands.length = 0;
    await stack.parts.sql(`update remodel.messages set next_attempt_at = now() - interval '2 minutes'`);
    await stack.parts.redis.command(['DEL', 'swept']);
    await stack.sweep();
    expect(stack.errands).toContainEqual({ subscriber: id });
    await stack.deliverErrands();
    expect(types()).toEqual(['change.done']);
  });

  test('signs by both secrets while one takes the place of the other', async () => {
    const { id, secret } = await subscribe(['change.done']);
    const rotated = await stack.request('POST', `/v1/${ws}/webhooks/subscribers/${id}/rotate`, {
      overlapSeconds: 3600,
    });
    expect(rotated.body.secret).toMatch(/^whsec_/);
    expect(rotated.body.secret).not.toBe(secret);
    for (const known of [secret, rotated.body.secret]) {
      server.secret = known;
      await putModel(known === secret ? 'old' : 'new');
      await stack.deliverErrands();
    }
    expect(server.told).toHaveLength(2);
    expect(server.requests.every(({ signatures }) => signatures.split(' ').length === 2)).toBe(true);
    await stack.parts.sql(`update remodel.subscribers set previous_until = now() where id = $1`, [id]);
    await putModel('later');
    await stack.deliverErrands();
    expect(server.requests.at(-1)?.signatures.split(' ')).toHaveLength(1);
    expect(server.told).toHaveLength(3);
  });

  test.each([
    ['private.example.com', 'its name stands for a private address'],
    ['mixed.example.com', 'its name stands for a private address'],
    ['nowhere.example.com', 'its name stands for no address'],
    ['broken.example.com', 'the resolver of names gave no answer'],
  ])('sends nothing to %s', async (name, error) => {
    resolver.names = {
      'private.example.com': ['10.1.2.3'],
      'mixed.example.com': ['93.184.216.34', '::ffff:169.254.169.254'],
      'nowhere.example.com': [],
    };
    const { id } = await subscribe(['change.done'], { url: `https://${name}/hook` });
    await putModel('secret');
    await stack.deliverErrands();
    expect(await deliveries(id)).toMatchObject([{ status: 'dead', answered: null, error }]);
    expect(server.requests).toEqual([]);
  });
});
