import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';

let patient: InProcess;
let runs = 0;
beforeAll(async () => {
  // The long grace ends when a test says so.
  patient = await InProcess.start({ GRACE_SECONDS: '3600' });
});
afterAll(() => patient.stop());

let ws: string;
beforeEach(async () => {
  runs += 1;
  ws = `ws${runs}`;
  patient.parts.traffic.reset();
  await patient.request('POST', '/v1/workspaces', { slug: ws, label: 'waiting' });
  const fields = [
    { name: 'title', type: 'text' },
    { name: 'year', type: 'integer' },
  ];
  await patient.request('PUT', `/v1/${ws}/models/movie`, { fields });
  await deliver();
});

/** One message: those that it sends are for later. */
const deliver = async () => {
  await patient.deliver({ workspace: ws });
  patient.nudges.length = 0;
};
const send = async (...list: readonly object[]): Promise<string> => {
  const sent = await patient.request('POST', `/v1/${ws}/changes`, operations(...list));
  expect(sent.status).toBe(202);
  await deliver();
  return sent.body.id;
};
const read = async (id: string) => (await patient.get(`/v1/${ws}/changes/${id}`)).body;
const setRequired = (field: string, required: boolean) => ({
  op: 'alterField',
  model: 'movie',
  field,
  set: { required },
});
const addField = (name: string) => ({
  op: 'addField',
  model: 'movie',
  field: { name, type: 'text', index: true },
});
const endGrace = async (id: string) => {
  await patient.parts.sql('update remodel.changes set contract_at = now() where id = $1', [id]);
  await deliver();
};

describe('behind a change whose contract is pending', () => {
  test('a change of other columns is published at once', async () => {
    const first = await send(setRequired('title', true));
    expect(await read(first)).toMatchObject({ status: 'published' });
    for (const name of ['a', 'b', 'c'])
      expect(await read(await send(addField(name)))).toMatchObject({ status: 'done' });
    const rename = await send({ op: 'renameField', model: 'movie', from: 'year', to: 'released' });
    expect(await read(rename)).toMatchObject({ status: 'done', waitingFor: null });
    expect(await read(first)).toMatchObject({ status: 'published' });
  });

  test('a change of the same column waits, and says for what and until when', async () => {
    const first = await send(setRequired('title', true));
    const second = await send(setRequired('title', false));
    const pending = await read(first);
    expect(Date.parse(pending.waitingFor.until) - Date.now()).toBeGreaterThan(3_500_000);
    const waiting = await read(second);
    expect(waiting).toMatchObject({ status: 'running', steps: [], plan: null });
    expect(waiting.waitingFor).toEqual({ change: first, until: pending.waitingFor.until });
    // What comes behind it keeps its place in the order.
    const third = await send(addField('note'));
    expect(await read(third)).toMatchObject({ status: 'queued', waitingFor: null });
    await endGrace(first);
    expect(await read(first)).toMatchObject({ status: 'done', waitingFor: null });
    expect(await read(second)).toMatchObject({ status: 'done', waitingFor: null });
    expect(await read(third)).toMatchObject({ status: 'done' });
  });

  test('a change that waits sends no message: that of the contract brings both on', async () => {
    const first = await send(setRequired('title', true));
    const { body } = await patient.request(
      'POST',
      `/v1/${ws}/changes`,
      operations(setRequired('title', false)),
    );
    patient.nudges.length = 0;
    await patient.deliver({ workspace: ws });
    expect(patient.nudges).toEqual([]);
    expect(await read(body.id)).toMatchObject({ status: 'running' });
    await endGrace(first);
    expect(await read(first)).toMatchObject({ status: 'done' });
    expect(await read(body.id)).toMatchObject({ status: 'done' });
  });

  test('a change that waits can be cancelled', async () => {
    const first = await send(setRequired('title', true));
    const second = await send(setRequired('title', false));
    const third = await send(addField('note'));
    expect((await patient.request('POST', `/v1/${ws}/changes/${second}/cancel`)).status).toBe(202);
    await deliver();
    expect(await read(second)).toMatchObject({ status: 'cancelled', waitingFor: null });
    expect(await read(third)).toMatchObject({ status: 'done' });
    expect(await read(first)).toMatchObject({ status: 'published' });
  });
});

describe('a transaction of somebody else', () => {
  test('that began before the publish delays the contract steps, and nothing else, until it ends', async () => {
    const other = new pg.Client({ connectionString: patient.parts.urls.owner });
    await other.connect();
    await other.query('begin');
    const { rows } = await other.query<{ since: Date }>('select now() as since');
    const first = await send(setRequired('title', true));
    await endGrace(first);
    const delayed = await read(first);
    expect(delayed).toMatchObject({ status: 'published' });
    expect(delayed.waitingFor.transactionSince).toBe(rows[0]?.since.toISOString());
    expect(Date.parse(delayed.waitingFor.until)).toBeGreaterThan(Date.now());
    expect(delayed.steps.at(-1)).toMatchObject({ phase: 'contract', status: 'pending' });
    expect(await read(await send(addField('note')))).toMatchObject({ status: 'done' });
    await endGrace(first);
    expect(await read(first)).toMatchObject({ status: 'published' });
    await other.query('commit');
    // One that began since is of the new model's time.
    await other.query('begin');
    await other.query('select 1');
    await endGrace(first);
    expect(await read(first)).toMatchObject({ status: 'done', waitingFor: null });
    await other.end();
  });

  test('that has read the table is waited for by the step, which says so', async () => {
    const other = new pg.Client({ connectionString: patient.parts.urls.owner });
    await other.connect();
    await other.query('begin');
    await other.query(`select from ${ws}_data.movie`);
    const sent = await patient.request('POST', `/v1/${ws}/changes`, operations(addField('note')));
    const delivered = deliver();
    const step = async () => (await read(sent.body.id)).steps[0];
    await expect.poll(step, { timeout: 60_000 }).toMatchObject({
      status: 'pending',
      attempts: 1,
      error: { code: 'lock_not_available' },
    });
    await delivered;
    await other.query('commit');
    await other.end();
    await deliver();
    expect(await read(sent.body.id)).toMatchObject({ status: 'done' });
    expect(await step()).toMatchObject({ status: 'done', attempts: 1 });
    expect(await step()).not.toHaveProperty('error');
  });
});
