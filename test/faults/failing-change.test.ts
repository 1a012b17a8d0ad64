import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { change, ended, operations, putModel, TOO_LONG_TO_INDEX } from '../stack/changes.ts';
import { endState } from '../stack/end-state.ts';
import { hasSql } from '../stack/hold.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
beforeEach(async () => {
  system = await startSystem({ bindings: { GRACE_SECONDS: '0' } });
  const fields = [
    { name: 'title', type: 'text' },
    { name: 'year', type: 'integer' },
  ];
  await putModel(system.edge, 'movie', { fields });
  await system.edge.request('POST', '/v1/main/records/movie', { title: 'a', year: 1990 });
});
afterEach(() => system.stop());

/** What is at an end, without the records of the changes that led there. */
async function modelAndData(): Promise<object> {
  const {
    changes: _changes,
    steps: _steps,
    ...state
  } = { ...(await endState(system, 'main')) } as Record<string, unknown>;
  const { data } = (await system.edge.get('/v1/main/records/movie')).body;
  return { ...state, data, head: await system.redis.command(['HGET', 'heads:main', 'movie']) };
}

const ADD_ALL = operations(
  { op: 'addField', model: 'movie', field: { name: 'note', type: 'text', default: 'n' } },
  { op: 'alterField', model: 'movie', field: 'year', set: { min: 1888 } },
  { op: 'addIndex', model: 'movie', fields: ['title', 'year'] },
);

const TOO_LONG = `insert into main_data.movie (id, title) values (gen_random_uuid(), ${TOO_LONG_TO_INDEX})`;

describe('a change that fails after its pre-flight', () => {
  test('at an index that a text is too long for leaves no INVALID index, and all as it was', async () => {
    system.traffic.onRequest = async (entry) => {
      if (!hasSql(entry, 'create index concurrently')) return;
      system.traffic.onRequest = undefined;
      await system.sql(TOO_LONG);
    };
    const before = await modelAndData();
    const answer = await change(system.edge, ADD_ALL);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'failed', error: { code: 'check_violation', status: 422 } });
    await system.sql(`delete from main_data.movie where year is null`);
    expect(await modelAndData()).toEqual(before);
    // Nothing of it is in the way of the same change, once the data allow it.
    const again = await change(system.edge, ADD_ALL);
    expect((await ended(system.edge, again.body.id)).body).toMatchObject({ status: 'done' });
  });

  test('does not stop the changes behind it', async () => {
    system.traffic.onRequest = async (entry) => {
      if (!hasSql(entry, 'create index concurrently')) return;
      system.traffic.onRequest = undefined;
      await system.sql(TOO_LONG);
    };
    const failing = system.edge.request('POST', '/v1/main/changes', ADD_ALL);
    expect((await failing).status).toBe(202);
    const next = await change(
      system.edge,
      operations({ op: 'renameField', model: 'movie', from: 'year', to: 'y' }),
    );
    expect(next.body).toMatchObject({ status: 'done' });
    const list = (await system.edge.get('/v1/main/changes')).body.data;
    expect(list.map(({ status }: { status: string }) => status)).toEqual(['done', 'failed', 'done']);
  });

  test('again and again is given up by the dead-letter queue, and all is as it was', async () => {
    const before = await modelAndData();
    system.traffic.onRequest = (entry) => {
      if (hasSql(entry, 'add column "note"')) throw new Error('the test lets nobody through');
    };
    const sent = await system.edge.request('POST', '/v1/main/changes', ADD_ALL);
    const body = async () => (await system.edge.get(`/v1/main/changes/${sent.body.id}`)).body;
    await expect.poll(async () => (await body()).status, { timeout: 20_000 }).toBe('running');
    await system.edge.nudge({ workspace: 'main' }, 'DEAD');
    await expect.poll(async () => (await body()).status, { timeout: 20_000 }).toBe('failed');
    expect((await body()).error).toMatchObject({ code: 'migrator_failed', status: 500 });
    system.traffic.reset();
    expect(await modelAndData()).toEqual(before);
    const again = await change(system.edge, ADD_ALL);
    expect((await ended(system.edge, again.body.id)).body).toMatchObject({ status: 'done' });
  });
});

describe('a rule that a row of the class before came to break', () => {
  const breakIt = (sql: string, at: string) => {
    system.traffic.onRequest = async (entry) => {
      if (!hasSql(entry, at)) return;
      system.traffic.onRequest = undefined;
      await system.sql(sql);
    };
  };
  const constraints = () =>
    system.sql(
      `select conname from pg_constraint where conrelid = 'main_data.movie'::regclass and contype = 'c'`,
    );
  const uniques = () =>
    system.sql(
      `select indisvalid from pg_index where indrelid = 'main_data.movie'::regclass and indisunique and not indisprimary`,
    );

  test('is out, but not enforced, and the change says so, with the rows', async () => {
    breakIt(
      `insert into main_data.movie (id, title, year) values (gen_random_uuid(), 'b', 12)`,
      'add constraint',
    );
    const sent = await change(system.edge, ADD_ALL);
    const { body } = await ended(system.edge, sent.body.id);
    expect(body).toMatchObject({
      status: 'done',
      error: {
        code: 'contract_incomplete',
        checks: [{ kind: 'check', field: 'year', failing: 1, samples: [{ value: '12' }] }],
      },
    });
    expect(body.steps.filter(({ status }: { status: string }) => status === 'failed')).toHaveLength(1);
    const tooOld = await system.edge.request('POST', '/v1/main/records/movie', { title: 'c', year: 12 });
    expect(tooOld.status).toBe(422);
    // Nothing is half enforced: the record that breaks the rule can be written otherwise.
    expect(await constraints()).toEqual([]);
  });

  test('and that all records together make is not enforced either: no INVALID index is left', async () => {
    breakIt(
      `insert into main_data.movie (id, title) values (gen_random_uuid(), 'a')`,
      'create unique index concurrently',
    );
    const sent = await change(
      system.edge,
      operations({ op: 'addUnique', model: 'movie', fields: ['title'] }),
    );
    const { body } = await ended(system.edge, sent.body.id);
    expect(body).toMatchObject({
      status: 'done',
      error: {
        code: 'contract_incomplete',
        checks: [{ kind: 'unique', field: 'title', failing: 2, samples: [{ value: 'a' }] }],
      },
    });
    expect(await uniques()).toEqual([]);
    expect((await system.edge.request('POST', '/v1/main/records/movie', { title: 'a' })).status).toBe(201);
    // Tried again, it is refused again, until the records are corrected.
    const retry = async () => {
      expect((await system.edge.request('POST', `/v1/main/changes/${sent.body.id}/retry`)).status).toBe(202);
      return (await ended(system.edge, sent.body.id)).body;
    };
    expect(await retry()).toMatchObject({ status: 'done', error: { checks: [{ failing: 3 }] } });
    await system.sql(`delete from main_data.movie where year is null`);
    const enforced = await retry();
    expect(enforced).toMatchObject({ status: 'done' });
    expect(enforced.error).toBeUndefined();
    expect(await uniques()).toEqual([{ indisvalid: true }]);
    const again = await system.edge.request('POST', '/v1/main/records/movie', { title: 'a' });
    expect(again.body).toMatchObject({ status: 409, code: 'unique_violation' });
  });

  test('is not tried again once the model has moved on', async () => {
    breakIt('insert into main_data.movie (id) values (gen_random_uuid())', 'add constraint');
    const sent = await change(
      system.edge,
      operations({ op: 'alterField', model: 'movie', field: 'title', set: { required: true } }),
    );
    await ended(system.edge, sent.body.id);
    await change(system.edge, operations({ op: 'renameField', model: 'movie', from: 'title', to: 'name' }));
    const retry = await system.edge.request('POST', `/v1/main/changes/${sent.body.id}/retry`);
    expect(retry.body).toMatchObject({ status: 409, code: 'not_retryable' });
  });

  test('and that stands on several steps is taken back whole', async () => {
    breakIt('insert into main_data.movie (id) values (gen_random_uuid())', 'add constraint');
    const sent = await change(
      system.edge,
      operations({ op: 'alterField', model: 'movie', field: 'title', set: { required: true } }),
    );
    const { body } = await ended(system.edge, sent.body.id);
    expect(body.error).toMatchObject({
      code: 'contract_incomplete',
      checks: [{ kind: 'required', field: 'title', failing: 1 }],
    });
    expect(body.steps.map(({ status }: { status: string }) => status)).toEqual([
      'done',
      'undone',
      'failed',
      'failed',
    ]);
    expect(await constraints()).toEqual([]);
    await system.sql(`update main_data.movie set title = 'b' where title is null`);
    await system.edge.request('POST', `/v1/main/changes/${sent.body.id}/retry`);
    const enforced = (await ended(system.edge, sent.body.id)).body;
    expect(enforced.steps.map(({ status }: { status: string }) => status)).toEqual(Array(4).fill('done'));
    await expect(system.sql('insert into main_data.movie (id) values (gen_random_uuid())')).rejects.toThrow(
      /not-null/,
    );
  });

  test('and whose last step Postgres refuses is taken back whole too, and set whole by a retry', async () => {
    const isRequired = () =>
      system.sql(
        `select attnotnull from pg_attribute where attrelid = 'main_data.movie'::regclass and attname = 'note'`,
      );
    let isRefused = false;
    system.traffic.instead = (entry) => {
      if (isRefused || !hasSql(entry, 'drop default')) return undefined;
      isRefused = true;
      return 'select 1 / 0';
    };
    const field = { name: 'note', type: 'text', required: true };
    const sent = await change(system.edge, {
      ...operations({ op: 'addField', model: 'movie', field }),
      backfill: { 'movie.note': 'n' },
    });
    const { body } = await ended(system.edge, sent.body.id);
    expect(body).toMatchObject({ status: 'done', error: { code: 'step_failed' } });
    expect(await isRequired()).toEqual([{ attnotnull: false }]);
    expect(await constraints()).toEqual([]);
    await system.edge.request('POST', `/v1/main/changes/${sent.body.id}/retry`);
    expect((await ended(system.edge, sent.body.id)).body.error).toBeUndefined();
    expect(await isRequired()).toEqual([{ attnotnull: true }]);
    expect(await constraints()).toEqual([]);
  });
});
