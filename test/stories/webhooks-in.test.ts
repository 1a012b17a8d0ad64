import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, readAnswer } from '../stack/answer.ts';
import { type System, startSystem } from '../stack/system.ts';

const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`;
const OLD = newSecret();
const NEW = newSecret();

let system: System;
beforeAll(async () => {
  system = await startSystem({ bindings: { WEBHOOK_SECRET: `${OLD} ${NEW}` } });
});
afterAll(() => system.stop());

interface Sent {
  readonly id?: string;
  readonly at?: Date;
  readonly secret?: string;
  readonly workspace?: string;
  /** In the place of what was signed. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let deliveries = 0;

/** A delivery as the reference library makes it, without a token. */
async function deliver(message: object | string, sent: Sent = {}): Promise<Answer> {
  const { id = `msg_${deliveries++}`, at = new Date(), secret = OLD, workspace = 'main' } = sent;
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  const response = await fetch(`${system.edge.origin}/v1/${workspace}/webhooks/definitions`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
      ...sent.headers,
    },
    body: sent.body ?? body,
  });
  return readAnswer(response);
}

const createModel = (model: string) => ({ operations: [{ op: 'createModel', model, fields: [] }] });
const WAIT = { Prefer: 'wait=20' };
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const changes = async () => (await system.edge.get('/v1/main/changes')).body.data.length;
const log = async (workspace = 'main') =>
  (await system.edge.get(`/v1/${workspace}/webhooks/deliveries`)).body.data;

describe('a delivery by Standard Webhooks', () => {
  test('makes a change as the API does, and waits for it where that is preferred', async () => {
    const first = await deliver(createModel('song'), { id: 'first', headers: WAIT });
    expect(first.body).toMatchObject({ status: 'done', source: 'webhook', models: ['song'] });
    expect(first.status).toBe(200);
    const second = await deliver(createModel('album'));
    expect(second.status).toBe(202);
    expect(second.headers.get('Location')).toBe(`/v1/main/changes/${second.body.id}`);
    const [latest] = await log();
    expect(latest).toMatchObject({
      source: 'definitions',
      signed: true,
      repeated: false,
      status: 202,
      code: null,
    });
    expect(latest.change).toBe(second.body.id);
  });

  test('that is repeated is answered as the first time, and changes nothing', async () => {
    const first = await deliver(createModel('artist'), { id: 'repeated', headers: WAIT });
    const count = await changes();
    const again = await deliver(createModel('artist'), { id: 'repeated', headers: WAIT, at: minutesAgo(1) });
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    const other = await deliver(createModel('other'), { id: 'repeated', secret: NEW });
    expect(other.body.id).toBe(first.body.id);
    expect(await changes()).toBe(count);
    expect((await log())[0]).toMatchObject({ deliveryId: 'repeated', repeated: true, change: first.body.id });
  });

  test('that was refused stays refused when it is repeated, whatever has become of the models', async () => {
    const field = { op: 'addField', model: 'label', field: { name: 'city', type: 'text' } };
    const refused = await deliver({ operations: [field] }, { id: 'too-early' });
    expect(refused.body.errors).toMatchObject([{ code: 'unknown_model' }]);
    expect((await deliver(createModel('label'), { headers: WAIT })).status).toBe(200);
    const again = await deliver({ operations: [field] }, { id: 'too-early' });
    expect([again.status, again.body]).toEqual([refused.status, refused.body]);
    expect((await log())[0]).toMatchObject({
      repeated: true,
      code: refused.body.code,
      detail: refused.body.detail,
    });
  });

  test('that is refused by a text that Postgres cannot hold is refused in the same words again', async () => {
    for (const odd of ['\0', '\ud800']) {
      const body = { operations: [{ op: odd }], [odd]: 1 };
      const id = `odd-${odd.charCodeAt(0)}`;
      const answers = [await deliver(body, { id }), await deliver(body, { id })];
      expect(answers.map(({ status }) => status)).toEqual([422, 422]);
      expect(answers[1]?.body).toEqual(answers[0]?.body);
      expect((await log())[0]).toMatchObject({ deliveryId: id, repeated: true, status: 422 });
    }
  });

  test('that comes many times at once makes one change', async () => {
    const count = await changes();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => deliver(createModel('venue'), { id: 'at-once', headers: WAIT })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await changes()).toBe(count + 1);
  });

  test('is taken by either of two secrets, so that one can take the place of the other', async () => {
    const both = await system.startIsolate({ WEBHOOK_SECRET: NEW });
    expect((await deliver(createModel('by_old'), { secret: OLD })).status).toBe(202);
    expect((await deliver(createModel('by_new'), { secret: NEW })).status).toBe(202);
    const post = (secret: string, id: string) => {
      const body = JSON.stringify(createModel('after_rotation'));
      const at = new Date();
      return both.request('POST', '/v1/main/webhooks/definitions', body, {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign(id, at, body),
      });
    };
    expect((await post(OLD, 'old-secret')).status).toBe(401);
    expect((await post(NEW, 'new-secret')).status).toBe(202);
  });

  test('is refused where body, id, time or secret are not those that were signed', async () => {
    const count = await changes();
    const body = createModel('intruder');
    const wrong = [
      await deliver(body, { body: JSON.stringify(createModel('another')) }),
      await deliver(body, { headers: { 'webhook-id': 'another' } }),
      await deliver(body, { headers: { 'webhook-timestamp': String(Math.floor(Date.now() / 1000) + 1) } }),
      await deliver(body, { secret: newSecret() }),
      await deliver(body, { headers: { 'webhook-signature': 'v1,AAAA' } }),
      await deliver(body, { headers: { 'webhook-signature': '' } }),
    ];
    expect(wrong.map(({ status, body: { code } }) => [status, code])).toEqual(
      wrong.map(() => [401, 'invalid_signature']),
    );
    expect(await changes()).toBe(count);
    expect((await log())[0]).toMatchObject({
      signed: false,
      status: 401,
      code: 'invalid_signature',
      change: null,
    });
  });

  test('is good for five minutes, by its own clock', async () => {
    const old = await deliver(createModel('old'), { at: minutesAgo(5.2) });
    const early = await deliver(createModel('early'), { at: minutesAgo(-5.2) });
    for (const { status, body } of [old, early]) expect([status, body.code]).toEqual([400, 'stale_delivery']);
    expect((await deliver(createModel('in_time'), { at: minutesAgo(4.8) })).status).toBe(202);
    const malformed = await deliver({}, { headers: { 'webhook-timestamp': 'yesterday' } });
    expect([malformed.status, malformed.body.code]).toEqual([400, 'invalid_header']);
  });

  test('is not taken a second time at the address of another workspace', async () => {
    await system.edge.request('POST', '/v1/workspaces', { slug: 'guest' });
    const at = new Date();
    expect((await deliver(createModel('bound'), { id: 'bound', at })).status).toBe(202);
    const elsewhere = await deliver(createModel('bound'), { id: 'bound', at, workspace: 'guest' });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([409, 'delivery_reused']);
    expect((await system.edge.get('/v1/guest/changes')).body.data).toEqual([]);
    expect(await log('guest')).toMatchObject([{ deliveryId: 'bound', signed: true, status: 409 }]);
    expect((await deliver(createModel('x'), { workspace: 'nowhere' })).status).toBe(404);
  });

  test('that asks for nothing sensible is told so', async () => {
    const noJson = await deliver('{"operations": [');
    const noChange = await deliver({ operations: [{ op: 'explode' }] });
    const tooLarge = await deliver(`{"models": "${'x'.repeat(4 * 1024 * 1024)}"}`);
    const noText = await deliver({}, { headers: { 'Content-Type': 'text/html' } });
    expect([noJson, noChange, tooLarge, noText].map(({ status, body }) => [status, body.code])).toEqual([
      [400, 'invalid_json'],
      [422, 'validation_failed'],
      [413, 'body_too_large'],
      [415, 'unsupported_media_type'],
    ]);
  });

  test('is not taken at all where no secret is set', async () => {
    const closed = await system.startIsolate({ WEBHOOK_SECRET: '' });
    const answer = await closed.request(
      'POST',
      '/v1/main/webhooks/definitions',
      {},
      {
        'webhook-id': 'a',
        'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
        'webhook-signature': 'v1,',
      },
    );
    expect([answer.status, answer.body.detail]).toEqual([401, expect.stringContaining('WEBHOOK_SECRET')]);
  });
});

describe('the log of deliveries', () => {
  test('is paged, newest first', async () => {
    const first = await system.edge.get('/v1/main/webhooks/deliveries?limit=2');
    const next = await system.edge.get(`/v1/main/webhooks/deliveries?limit=2&cursor=${first.body.page.next}`);
    const ids = [...first.body.data, ...next.body.data].map(({ id }: { id: string }) => Number(id));
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    expect(new Set(ids).size).toBe(4);
  });

  test('is for who has a token', async () => {
    const response = await fetch(`${system.edge.origin}/v1/main/webhooks/deliveries`);
    expect(response.status).toBe(401);
  });

  test('keeps a hundred of those that nobody signed, which push no others out', async () => {
    await system.sql(`
      insert into remodel.received_webhooks (workspace_id, is_signed, source, is_repeated, status)
      select id, false, 'definitions', false, 401 from remodel.workspaces, generate_series(1, 150) where slug = 'main'`);
    const counts = () =>
      system.sql(`
        select count(*) filter (where is_signed)::integer as signed, count(*) filter (where not is_signed)::integer as unsigned
        from remodel.received_webhooks r join remodel.workspaces w on w.id = r.workspace_id where w.slug = 'main'`);
    const [before] = await counts();
    await deliver({}, { secret: newSecret() });
    expect(await counts()).toEqual([{ signed: before?.['signed'], unsigned: 100 }]);
  });
});
