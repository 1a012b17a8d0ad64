import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operations, putModel, TOO_LONG_TO_INDEX } from '../stack/changes.ts';
import { nextEvent, readEvents, type ServerEvent } from '../stack/events.ts';
import { hasSql, holdFirst } from '../stack/hold.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
let runs = 0;
let model: string;
beforeAll(async () => {
  system = await startSystem({ bindings: { GRACE_SECONDS: '0' } });
});
afterAll(() => system.stop());
beforeEach(async () => {
  runs += 1;
  model = `thing_${runs}`;
  system.traffic.reset();
  await putModel(system.edge, model, { fields: [{ name: 'title', type: 'text' }] });
});

const send = async (...list: readonly object[]): Promise<string> =>
  (await system.edge.request('POST', '/v1/main/changes', operations(...list))).body.id;
const pathOf = (id: string) => `/v1/main/changes/${id}/events`;
const eventsOf = async (id: string, headers?: Readonly<Record<string, string>>) =>
  readEvents(await system.edge.open(pathOf(id), headers));
const addNote = () => ({ op: 'addField', model, field: { name: 'note', type: 'text', index: true } });

async function all(events: AsyncGenerator<ServerEvent>): Promise<readonly ServerEvent[]> {
  const seen: ServerEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

/** A change whose migrator stands still ahead of its index. */
async function heldChange() {
  const held = holdFirst(system.traffic, (entry) => hasSql(entry, 'create index concurrently'));
  const id = await send(addNote());
  await held.reached;
  return { id, release: held.release };
}

describe('the events of a change', () => {
  test('tell it as it is, and whenever it has moved on, until it has ended', async () => {
    const { id, release } = await heldChange();
    const response = await system.edge.open(pathOf(id));
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toContain('text/event-stream');
    const events = readEvents(response);
    const { value: first } = await events.next();
    expect(first?.data).toMatchObject({ id, status: 'running', progress: { step: 1, steps: 3 } });
    release();
    const rest = await all(events);
    const last = rest.at(-1);
    expect(last?.data).toMatchObject({ status: 'done', progress: { step: 3, steps: 3 } });
    expect(last?.data).toEqual((await system.edge.get(`/v1/main/changes/${id}`)).body);
    const ids = [first, ...rest].map((event) => Number(event?.id));
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  test('of one that has ended are its end alone, and nothing for who knows that', async () => {
    const id = await send(addNote());
    const seen = await all(await eventsOf(id));
    const last = seen.at(-1);
    expect(last?.data.status).toBe('done');
    expect(await all(await eventsOf(id))).toEqual([last]);
    expect(await all(await eventsOf(id, { 'Last-Event-ID': '0' }))).toEqual([last]);
    const again = await system.edge.open(pathOf(id), { 'Last-Event-ID': last?.id ?? '' });
    expect(again.status).toBe(204);
  });

  test('go on after the one that a client saw last', async () => {
    const { id, release } = await heldChange();
    const { value: seen } = await (await eventsOf(id)).next();
    const events = await eventsOf(id, { 'Last-Event-ID': seen?.id ?? '' });
    release();
    const { value: next } = await events.next();
    expect(Number(next?.id)).toBeGreaterThan(Number(seen?.id));
  });

  test('tell of a failure with its reason, and of a cancellation', async () => {
    const { id, release } = await heldChange();
    const events = await eventsOf(id);
    await system.edge.request('POST', `/v1/main/changes/${id}/cancel`);
    release();
    expect((await all(events)).at(-1)?.data.status).toBe('cancelled');
    await system.edge.request('POST', `/v1/main/records/${model}`, [{ title: 'a' }, { title: 'b' }]);
    system.traffic.onRequest = async (entry) => {
      if (!hasSql(entry, 'create index')) return;
      system.traffic.onRequest = undefined;
      await system.sql(`insert into main_data.${model} (title) values (${TOO_LONG_TO_INDEX})`);
    };
    const failing = await send({ op: 'addIndex', model, fields: ['title'] });
    const failed = (await all(await eventsOf(failing))).at(-1);
    expect(failed?.data).toMatchObject({
      status: 'failed',
      error: { code: 'check_violation', status: 422 },
    });
  });

  test('end with the client: nobody asks Postgres any more', async () => {
    const { id, release } = await heldChange();
    const controller = new AbortController();
    const events = readEvents(await system.edge.open(pathOf(id), {}, controller.signal));
    await events.next();
    const polls = () =>
      system.traffic.entries.filter((entry) => hasSql(entry, 'c.revision is distinct from')).length;
    const before = polls();
    await expect.poll(polls, { timeout: 20_000 }).toBeGreaterThan(before + 1);
    controller.abort();
    let known = -1;
    const isQuiet = () => {
      const isSame = polls() === known;
      known = polls();
      return isSame;
    };
    // Longer than the longest pause between two questions.
    await expect.poll(isQuiet, { timeout: 30_000, interval: 4000 }).toBe(true);
    release();
  });

  test('of a change that is not there are a problem', async () => {
    const answer = await system.edge.get(pathOf('00000000-0000-4000-8000-000000000000'));
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ code: 'unknown_change' });
  });
});

test('a backfill shows how far it is, how fast, and when it will be through', async () => {
  await system.sql(
    `insert into main_data.${model} (title) select n::text from generate_series(1, 6000) as n`,
  );
  const batches = () => system.traffic.entries.filter((entry) => hasSql(entry, 'with looked')).length;
  const held = holdFirst(system.traffic, (entry) => hasSql(entry, 'with looked') && batches() === 3);
  const id = await send({
    op: 'addField',
    model,
    field: { name: 'token', type: 'uuid', default: { fn: 'uuid' } },
  });
  await held.reached;
  const events = await eventsOf(id);
  const { data } = await nextEvent(events, (event) => event.data.progress.rows > 0);
  const { rows, rowsTotal, rowsPerSecond, eta } = data.progress;
  expect(rows).toBeLessThan(6000);
  // By the size of the table: Postgres has not counted it yet.
  expect(rowsTotal).toBeGreaterThan(2000);
  expect(rowsTotal).toBeLessThan(20_000);
  expect(rowsPerSecond).toBeGreaterThan(0);
  const running = data.steps.find((step: { status: string }) => step.status === 'running');
  expect(running).toMatchObject({ kind: 'backfill', phase: 'backfill', attempts: 1, rows });
  expect(running.startedAt).not.toBeNull();
  expect(Date.parse(eta)).toBeGreaterThan(Date.parse(running.startedAt));
  held.release();
  const last = (await all(events)).at(-1);
  expect(last?.data.progress).toMatchObject({ rows: 6000, rowsTotal: 6000, eta: null });
});
