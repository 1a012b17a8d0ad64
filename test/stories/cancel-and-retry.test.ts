import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Answer } from '../stack/answer.ts';
import { operations, TOO_LONG_TO_INDEX } from '../stack/changes.ts';
import { hasSql, holdFirst } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;
let runs = 0;
let ws: string;
beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
});
afterAll(() => stack.stop());

beforeEach(async () => {
  runs += 1;
  ws = `ws${runs}`;
  stack.parts.traffic.reset();
  await stack.request('POST', '/v1/workspaces', { slug: ws, label: 'steered' });
  const fields = [
    { name: 'title', type: 'text' },
    { name: 'year', type: 'integer' },
  ];
  await stack.request('PUT', `/v1/${ws}/models/movie`, { fields });
  await stack.deliverAll();
  await stack.request('POST', `/v1/${ws}/records/movie`, [{ title: 'a' }, { title: 'b' }]);
});

const send = async (...list: readonly object[]): Promise<string> => {
  const sent = await stack.request('POST', `/v1/${ws}/changes`, operations(...list));
  expect(sent.status).toBe(202);
  return sent.body.id;
};
const read = async (id: string) => (await stack.get(`/v1/${ws}/changes/${id}`)).body;
const steer = (id: string, wish: 'cancel' | 'retry'): Promise<Answer> =>
  stack.request('POST', `/v1/${ws}/changes/${id}/${wish}`);
const fieldNames = async () =>
  (await stack.get(`/v1/${ws}/models/movie`)).body.fields.map(({ name }: { name: string }) => name);

const addNote = { op: 'addField', model: 'movie', field: { name: 'note', type: 'text' } };
const addIndex = { op: 'addIndex', model: 'movie', fields: ['title', 'year'] };

/** A change that fails at its index, for a row that comes while it runs. */
async function failedChange(): Promise<string> {
  stack.parts.traffic.onRequest = async (entry) => {
    if (!hasSql(entry, 'create index concurrently')) return;
    stack.parts.traffic.onRequest = undefined;
    await stack.parts.sql(`insert into ${ws}_data.movie (title, year) values (${TOO_LONG_TO_INDEX}, 1)`);
  };
  const id = await send(addNote, addIndex);
  await stack.deliverAll();
  expect(await read(id)).toMatchObject({ status: 'failed', error: { code: 'check_violation' } });
  return id;
}

const removeTooLong = () => stack.parts.sql(`delete from ${ws}_data.movie where year = 1`);

describe('cancelling a change', () => {
  test('that is queued ends it at once, and the changes behind it are published without it', async () => {
    const first = await send(addNote);
    const second = await send({ op: 'renameField', model: 'movie', from: 'year', to: 'released' });
    const cancelled = await steer(first, 'cancel');
    expect(cancelled.status).toBe(200);
    expect(cancelled.body).toMatchObject({ id: first, status: 'cancelled', steps: [] });
    expect(cancelled.body.finishedAt).not.toBeNull();
    await stack.deliverAll();
    expect(await read(first)).toMatchObject({ status: 'cancelled' });
    expect(await read(second)).toMatchObject({ status: 'done' });
    expect(await fieldNames()).toEqual(['title', 'released']);
  });

  test('that runs stops it at its next step, and takes the steps before back', async () => {
    const held = holdFirst(stack.parts.traffic, (entry) => hasSql(entry, 'create index'));
    const id = await send(addNote, addIndex);
    const delivered = stack.deliverAll();
    await held.reached;
    const answer = await steer(id, 'cancel');
    expect(answer.status).toBe(202);
    expect(answer.body.status).toBe('running');
    // Nothing is planned on top of what is going to be undone.
    const plan = await stack.request('POST', `/v1/${ws}/plans`, operations(addNote));
    expect(plan.status).toBe(200);
    held.release();
    await delivered;
    const { status, steps } = await read(id);
    expect(status).toBe('cancelled');
    expect(steps.map((step: { status: string }) => step.status)).toEqual(['undone', 'undone', 'pending']);
    const columns = await stack.parts.sql(
      `select column_name from information_schema.columns where table_schema = $1 and column_name = 'note'`,
      [`${ws}_data`],
    );
    expect(columns).toEqual([]);
    await send(addNote, addIndex);
    await stack.deliverAll();
    expect(await fieldNames()).toEqual(['title', 'year', 'note']);
  });

  test('that is at a statement that takes long stops the statement', async () => {
    const other = new pg.Client({ connectionString: stack.parts.urls.owner });
    await other.connect();
    await other.query('begin');
    // An index build waits for whoever holds this.
    await other.query(`lock table ${ws}_data.movie in share mode`);
    const id = await send({ op: 'addIndex', model: 'movie', fields: ['title'] });
    const delivered = stack.deliver({ workspace: ws });
    const steps = async () => (await read(id)).steps;
    await expect.poll(steps, { timeout: 20_000 }).toMatchObject([{ status: 'running' }, {}]);
    expect((await steer(id, 'cancel')).status).toBe(202);
    await delivered;
    expect(await read(id)).toMatchObject({ status: 'cancelled', steps: [{ status: 'undone' }, {}] });
    await other.query('rollback');
    await other.end();
    await send({ op: 'addIndex', model: 'movie', fields: ['title'] });
    await stack.deliverAll();
    const indexes = await stack.parts.sql('select indexname from pg_indexes where schemaname = $1', [
      `${ws}_data`,
    ]);
    expect(indexes).toHaveLength(2);
  });

  test('again answers the same', async () => {
    const id = await send(addNote);
    const first = await steer(id, 'cancel');
    const second = await steer(id, 'cancel');
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
  });

  test('that is published is refused, and says what to do', async () => {
    const id = await send(addNote);
    await stack.deliverAll();
    const refused = await steer(id, 'cancel');
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'not_cancellable',
      detail: expect.stringContaining('published'),
    });
    expect(await read(id)).toMatchObject({ status: 'done' });
  });

  test('that failed, or that nobody knows, is refused', async () => {
    const id = await failedChange();
    expect((await steer(id, 'cancel')).body).toMatchObject({ status: 409, code: 'not_cancellable' });
    for (const unknown of ['00000000-0000-4000-8000-000000000000', 'movie']) {
      expect((await steer(unknown, 'cancel')).body).toMatchObject({ status: 404, code: 'unknown_change' });
      expect((await steer(unknown, 'retry')).body).toMatchObject({ status: 404, code: 'unknown_change' });
    }
  });
});

describe('a change that failed', () => {
  test('shows the step at which it failed, and what was taken back', async () => {
    const { steps } = await read(await failedChange());
    expect(steps).toMatchObject([
      { kind: 'addColumn', status: 'undone' },
      { kind: 'createIndex', status: 'failed', error: { code: 'check_violation' }, attempts: 1 },
      { kind: 'publish', status: 'pending' },
    ]);
    expect(steps[0]).not.toHaveProperty('error');
    expect(steps[1].startedAt).not.toBeNull();
  });

  test('runs again as the same change, at the end of the order, on the definitions of that time', async () => {
    const id = await failedChange();
    const next = await send({ op: 'renameField', model: 'movie', from: 'title', to: 'name' });
    await stack.deliverAll();
    await removeTooLong();
    const before = (await read(next)).seq;
    // What was asked for names a field that has another name by now.
    const stale = await steer(id, 'retry');
    expect(stale.status).toBe(202);
    expect(stale.body).toMatchObject({ id, status: 'queued', steps: [], plan: null, finishedAt: null });
    expect(stale.body).not.toHaveProperty('error');
    expect(stale.body.seq).toBeGreaterThan(before);
    await stack.deliverAll();
    expect(await read(id)).toMatchObject({ status: 'failed', error: { code: 'validation_failed' } });
    const back = await send({ op: 'renameField', model: 'movie', from: 'name', to: 'title' });
    await steer(id, 'retry');
    await stack.deliverAll();
    expect(await read(back)).toMatchObject({ status: 'done' });
    const done = await read(id);
    expect(done).toMatchObject({ status: 'done', progress: { step: 3, steps: 3 } });
    expect(done).not.toHaveProperty('error');
    expect(await fieldNames()).toEqual(['title', 'year', 'note']);
    const list = (await stack.get(`/v1/${ws}/changes`)).body.data;
    expect(list[0].id).toBe(id);
  });

  test('is run again once, however often that is asked for', async () => {
    const id = await failedChange();
    await removeTooLong();
    const answers = await Promise.all(Array.from({ length: 5 }, () => steer(id, 'retry')));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    await stack.deliverAll();
    expect(await read(id)).toMatchObject({ status: 'done' });
    const late = await stack.request('POST', `/v1/${ws}/changes/${id}/retry`, undefined, {
      Prefer: 'wait=5',
    });
    expect(late.status).toBe(200);
    expect(late.body).toMatchObject({ status: 'done' });
  });

  test('can be cancelled once it runs again', async () => {
    const id = await failedChange();
    await steer(id, 'retry');
    expect((await steer(id, 'cancel')).body).toMatchObject({ status: 'cancelled' });
    expect((await steer(id, 'retry')).body).toMatchObject({ status: 409, code: 'not_retryable' });
  });
});

test('only a change that failed can be run again', async () => {
  const queued = await send(addNote);
  expect((await steer(queued, 'retry')).body).toMatchObject({ status: 409, code: 'not_retryable' });
  await stack.deliverAll();
  expect((await steer(queued, 'retry')).body).toMatchObject({ status: 409, code: 'not_retryable' });
  const cancelled = await send({ op: 'renameField', model: 'movie', from: 'year', to: 'y' });
  await steer(cancelled, 'cancel');
  expect((await steer(cancelled, 'retry')).body.detail).toContain('cancelled');
});
