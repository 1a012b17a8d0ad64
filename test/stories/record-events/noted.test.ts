import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operations } from '../../stack/changes.ts';
import { InProcess } from '../../stack/in-process.ts';

let stack: InProcess;
let runs = 0;
let ws: string;
beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '3600' });
});
afterAll(() => stack.stop());

const FIELDS = [
  { name: 'title', type: 'text', unique: true },
  { name: 'op', type: 'text' },
  { name: 'tg_argv', type: 'text' },
  { name: 'director', type: 'reference', to: 'person', onDelete: 'setNull' },
  { name: 'studio', type: 'reference', to: 'studio', onDelete: 'cascade' },
  { name: 'tags', type: 'references', to: 'tag' },
];

/** Each test has a workspace of its own, with two movies of one director, one studio and two tags. */
beforeEach(async () => {
  runs += 1;
  ws = `ws${runs}`;
  await ask('POST', '/v1/workspaces', { slug: ws });
  const others = ['person', 'studio', 'tag'].map((name) => ({ name, key: 'text', fields: [] }));
  await publish({ models: [...others, { name: 'movie', key: 'text', fields: FIELDS }] });
  for (const name of ['person', 'studio']) await write('POST', name, { id: 'x' });
  await write('POST', 'tag', [{ id: 'sea' }, { id: 'shark' }]);
  const movie = { op: '7', director: 'x', studio: 'x', tags: ['sea', 'shark'] };
  await write('POST', 'movie', [
    { ...movie, id: 'jaws', title: 'Jaws' },
    { ...movie, id: 'deep', title: 'The Deep' },
  ]);
  await stack.parts.sql('delete from remodel.events');
});

async function ask(method: string, path: string, body?: unknown) {
  const answer = await stack.request(method, path, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const write = (method: string, path: string, body?: unknown) =>
  ask(method, `/v1/${ws}/records/${path}`, body);

async function publish(body: object) {
  const { id } = await ask('POST', `/v1/${ws}/changes`, body);
  await stack.deliverAll();
  return ask('GET', `/v1/${ws}/changes/${id}`);
}

async function endGrace(id: string) {
  await stack.parts.sql('update remodel.changes set contract_at = now() where id = $1', [id]);
  await stack.deliver({ workspace: ws });
  expect((await ask('GET', `/v1/${ws}/changes/${id}`)).status).toBe('done');
}

/** What was noted of the movies since this was last asked: each `OPERATION KEY`. */
async function noted(): Promise<readonly string[]> {
  const rows = await stack.parts.sql(
    `with gone as (
      delete from remodel.events e
      using remodel.models m
      join remodel.workspaces w on w.id = m.workspace_id
      where m.id = e.model_id and m.name like 'movie%' and w.slug = $1
      returning e.xid, e.n, e.op || ' ' || e.record_id as event
    )
    select event from gone order by xid, n`,
    [ws],
  );
  return rows.map(({ event }) => String(event));
}

describe('every write of a record is noted with it', () => {
  test('one, many, by a filter, and what an upsert creates and changes', async () => {
    await write('POST', 'movie', { id: 'alien', title: 'Alien' });
    expect(await noted()).toEqual(['create alien']);
    await write('PATCH', 'movie/alien', { title: 'Aliens' });
    await write('PUT', 'movie/alien', { title: 'Alien 3' });
    await write('PUT', 'movie/heat', { title: 'Heat' });
    expect(await noted()).toEqual(['update alien', 'update alien', 'create heat']);
    await write('POST', 'movie?onConflict=title', [
      { id: 'x', title: 'Heat' },
      { id: 'up', title: 'Up' },
    ]);
    expect((await noted()).toSorted()).toEqual(['create up', 'update heat']);
    await write('PATCH', 'movie?filter[title][_in]=Jaws,Up', { tg_argv: 'b' });
    expect((await noted()).toSorted()).toEqual(['update jaws', 'update up']);
    await write('DELETE', 'movie/heat');
    await write('DELETE', 'movie?filter[title][_in]=Jaws,Up');
    expect((await noted()).toSorted()).toEqual(['delete heat', 'delete jaws', 'delete up']);
  });

  test('and nothing where the write is refused', async () => {
    const answer = await stack.request('POST', `/v1/${ws}/records/movie`, [
      { id: 'new', title: 'New' },
      { id: 'old', title: 'Jaws' },
    ]);
    expect(answer.status).toBe(409);
    expect(await noted()).toEqual([]);
  });

  test('what a deleted reference does to others', async () => {
    await write('DELETE', 'person/x');
    expect((await noted()).toSorted()).toEqual(['update deep', 'update jaws']);
    await write('DELETE', 'studio/x');
    expect(new Set((await noted()).filter((event) => event.startsWith('delete')))).toEqual(
      new Set(['delete deep', 'delete jaws']),
    );
  });

  test('lists: written by themselves once, and when a record in them is deleted', async () => {
    await write('PATCH', 'movie/jaws', { tags: ['shark'] });
    await write('PATCH', 'movie/jaws', { tags: ['sea', 'shark'], op: 'x' });
    expect(await noted()).toEqual(['update jaws', 'update jaws']);
    await write('DELETE', 'tag/sea');
    expect((await noted()).toSorted()).toEqual(['update deep', 'update jaws']);
  });

  test('by SQL too, of whoever may write the table and nothing else', async () => {
    await stack.parts.sql(`
      do $$ begin create role scribe_${runs} nologin; end $$;
      grant usage on schema ${ws}_data to scribe_${runs};
      grant select, update on ${ws}_data.movie to scribe_${runs}`);
    await stack.parts.sql(
      `set role scribe_${runs}; update ${ws}_data.movie set op = 'x' where id = 'jaws'; reset role`,
    );
    expect(await noted()).toEqual(['update jaws']);
    await stack.parts.sql(`drop owned by scribe_${runs}; drop role scribe_${runs}`);
  });
});

describe('what changes of the model leave', () => {
  test('a backfill is no event, and the writes beside it are', async () => {
    const change = await publish({
      ...operations(
        { op: 'addField', model: 'movie', field: { name: 'note', type: 'text', required: true } },
        { op: 'alterField', model: 'movie', field: 'op', set: { type: 'integer' } },
        { op: 'renameModel', from: 'movie', to: 'movie_2' },
      ),
      backfill: { 'movie_2.note': 'none' },
    });
    expect(change.status).toBe('published');
    expect(await noted()).toEqual([]);
    await write('PATCH', 'movie_2/jaws', { note: 'good' });
    expect(await noted()).toEqual(['update jaws']);
    await endGrace(change.id);
    await write('PATCH', 'movie_2/jaws', { note: 'better' });
    expect(await noted()).toEqual(['update jaws']);
  });

  test('what the class before empties is filled at once, and told of as its own update', async () => {
    const alter = { op: 'alterField', model: 'movie', field: 'tg_argv', set: { required: true } };
    const change = await publish({ ...operations(alter), backfill: { 'movie.tg_argv': 'filled' } });
    await write('PATCH', 'movie/jaws', { tg_argv: 'written' });
    expect(await noted()).toEqual(['update jaws']);
    // As the class before may do in grace.
    await stack.parts.sql(`update ${ws}_data.movie set tg_argv = null where id = 'jaws'`);
    expect(await noted()).toEqual(['update jaws']);
    await endGrace(change.id);
    expect(await noted()).toEqual([]);
    expect((await write('GET', 'movie/jaws')).tg_argv).toBe('filled');
  });

  test('another key names the records from its publish on, in grace and after, aligned and not', async () => {
    const change = await publish(
      operations({ op: 'changeKey', model: 'movie', key: 'bigint', generate: true }),
    );
    expect(change.error).toBeUndefined();
    const made = await write('POST', 'movie', { title: 'Up', tags: ['sea'] });
    expect(await noted()).toEqual([`create ${made.id}`]);
    await write('PATCH', `movie/${made.id}`, { op: 'x' });
    expect(await noted()).toEqual([`update ${made.id}`]);
    await endGrace(change.id);
    await write('DELETE', 'tag/sea');
    expect(await noted()).toContain(`update ${made.id}`);
    const aligned = await publish(operations({ op: 'alignNames', model: 'movie' }));
    await endGrace(aligned.id);
    await write('PATCH', `movie/${made.id}`, { op: 'y' });
    await write('DELETE', `movie/${made.id}`);
    expect((await noted()).filter((event) => event.endsWith(` ${made.id}`))).toEqual([
      `update ${made.id}`,
      `delete ${made.id}`,
    ]);
  });

  test('a list that becomes a reference is noted through all of it', async () => {
    await write('PATCH', 'movie/jaws', { tags: ['sea'] });
    await write('PATCH', 'movie/deep', { tags: [] });
    await noted();
    const set = { type: 'reference', to: 'tag', onDelete: 'setNull' };
    const change = await publish(operations({ op: 'alterField', model: 'movie', field: 'tags', set }));
    expect(await noted()).toEqual([]);
    await write('PATCH', 'movie/deep', { tags: 'shark' });
    expect(new Set(await noted())).toEqual(new Set(['update deep']));
    await endGrace(change.id);
    await write('DELETE', 'tag/shark');
    expect(await noted()).toEqual(['update deep']);
  });

  test('tables from before there were events are noted from the next whole sweep on, and once', async () => {
    for (const trigger of ['insert', 'update', 'delete']) {
      await stack.parts.sql(`drop trigger remodel_event_${trigger} on ${ws}_data.movie`);
    }
    await write('PATCH', 'movie/jaws', { op: 'x' });
    expect(await noted()).toEqual([]);
    await stack.parts.redis.flushAll();
    await stack.sweep();
    await write('PATCH', 'movie/jaws', { op: 'y' });
    expect(await noted()).toEqual(['update jaws']);
  });

  test('a table that is locked for long keeps no sweep from its other work', async () => {
    await stack.parts.sql(`drop trigger remodel_event_insert on ${ws}_data.movie`);
    await stack.parts.redis.flushAll();
    const writer = new pg.Client({ connectionString: stack.parts.urls.owner });
    await writer.connect();
    await writer.query(`begin; lock table ${ws}_data.movie in row exclusive mode`);
    await stack.sweep();
    await writer.end();
    await stack.parts.redis.flushAll();
    await stack.sweep();
    await write('POST', 'movie', { id: 'up' });
    expect(await noted()).toEqual(['create up']);
  });
});

describe('events are kept', () => {
  /** Runs the hourly look at the catalog, as one that comes so many hours later. */
  async function sweepAfter(hours: number) {
    await stack.parts.sql(`update remodel.event_marks set at = at - make_interval(hours => $1)`, [hours]);
    await stack.parts.redis.flushAll();
    await stack.sweep();
  }
  const marks = () => stack.parts.sql('select xid from remodel.event_marks order by at');

  test('for a day: then they go, in batches, and none that is younger', async () => {
    await stack.parts.sql('delete from remodel.event_marks');
    await stack.parts.sql(
      `insert into ${ws}_data.movie (id) select 'm' || n from generate_series(1, 12000) as n`,
    );
    // A mark is of the transactions before the oldest that is open, in whatever database of this Postgres.
    await expect
      .poll(
        () =>
          stack.parts.sql(
            'select pg_snapshot_xmin(pg_current_snapshot()) > max(xid) as ok from remodel.events',
          ),
        { timeout: 30_000 },
      )
      .toEqual([{ ok: true }]);
    await sweepAfter(0);
    await write('PATCH', 'movie/jaws', { op: '8' });
    await sweepAfter(23);
    const [{ count } = {}] = await stack.parts.sql('select count(*)::integer from remodel.events');
    expect(count).toBe(12_001);
    await sweepAfter(2);
    expect(await noted()).toEqual(['update jaws']);
    expect(await marks()).toHaveLength(3);
    await sweepAfter(24);
    expect(await marks()).toHaveLength(2);
  });
});
