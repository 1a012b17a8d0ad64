import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { change, confirmed, ended, operations } from '../../stack/changes.ts';
import { nextEvent, readEvents, type ServerEvent } from '../../stack/events.ts';
import { type System, startSystem } from '../../stack/system.ts';

let system: System;
let runs = 0;
let ws: string;
beforeAll(async () => {
  system = await startSystem({ isolates: 2, bindings: { GRACE_SECONDS: '0' } });
});
afterAll(() => system.stop());

const open: AbortController[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.abort();
});

/** Each test has a workspace of its own, with movies that have a director and tags. */
beforeEach(async () => {
  runs += 1;
  ws = `ws${runs}`;
  await ask('POST', '/v1/workspaces', { slug: ws });
  const others = ['person', 'tag'].map((name) => ({ name, key: 'text', fields: [] }));
  const fields = [
    { name: 'title', type: 'text' },
    { name: 'year', type: 'integer' },
    { name: 'director', type: 'reference', to: 'person', onDelete: 'setNull' },
    { name: 'tags', type: 'references', to: 'tag' },
  ];
  const made = await change(system.edge, { models: [...others, { name: 'movie', key: 'text', fields }] }, ws);
  expect(made.body.error).toBeUndefined();
});

async function ask(method: string, path: string, body?: unknown) {
  const answer = await system.edge.request(method, path, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const write = (method: string, path: string, body?: unknown) =>
  ask(method, `/v1/${ws}/records/${path}`, body);
const pathOf = (query = '', model = 'movie') => `/v1/${ws}/records/${model}/events${query}`;

/** An open feed; by the isolate that does not write. */
async function feed(query = '', headers: Readonly<Record<string, string>> = {}) {
  const controller = new AbortController();
  open.push(controller);
  const isolate = system.isolates[1] ?? system.edge;
  const response = await isolate.open(pathOf(query), headers, controller.signal);
  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toContain('text/event-stream');
  const events = readEvents(response);
  return { response, next: async () => nextEvent(events, () => true) };
}

const told = ({ event, data }: ServerEvent) => `${event} ${data.id ?? data.model}`;

describe('the feed of a model', () => {
  test('tells what is created, changed and deleted, each with its record as it is', async () => {
    const { response, next } = await feed();
    const first = await next();
    expect(first).toMatchObject({ event: 'model', data: { model: 'movie', version: 1 } });
    expect(response.headers.get('Model-Hash')).toBe(`movie=${first.data.hash}`);
    const made = await write('POST', 'movie', { id: 'jaws', title: 'Jaws\n1975' });
    const created = await next();
    expect(created).toMatchObject({ event: 'create', data: { op: 'create', id: 'jaws', record: made } });
    expect(Math.abs(Date.parse(created.data.at) - Date.now())).toBeLessThan(60_000);
    const changed = await write('PATCH', 'movie/jaws', { year: 1975 });
    const updated = await next();
    expect(updated).toMatchObject({ event: 'update', data: { op: 'update', id: 'jaws', record: changed } });
    await write('DELETE', 'movie/jaws');
    expect(await next()).toMatchObject({ event: 'delete', data: { op: 'delete', id: 'jaws', record: null } });
  });

  test('goes on exactly after the last event that a client saw', async () => {
    const seen = await feed();
    const model = await seen.next();
    await write('POST', 'movie', [{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
    const [a, b] = [await seen.next(), await seen.next()];
    expect([a, b].map(told)).toEqual(['create a', 'create b']);
    await write('POST', 'movie', { id: 'd' });
    const again = await feed('', { 'Last-Event-ID': b.id });
    expect([await again.next(), await again.next(), await again.next()].map(told)).toEqual([
      'model movie',
      'create c',
      'create d',
    ]);
    const fromStart = await feed(`?lastEventId=${model.id}`);
    const all = [];
    for (let n = 0; n < 5; n++) all.push(told(await fromStart.next()));
    expect(all).toEqual(['model movie', 'create a', 'create b', 'create c', 'create d']);
  });

  test('begins now, where no last event is named', async () => {
    const early = await feed();
    await early.next();
    await write('POST', 'movie', { id: 'before' });
    // What is told once is settled: nobody who comes later is told it again.
    expect(told(await early.next())).toBe('create before');
    const { next } = await feed();
    const { id } = await next();
    await write('POST', 'movie', { id: 'after' });
    const { next: again } = await feed('', { 'Last-Event-ID': id });
    await again();
    expect([told(await next()), told(await again())]).toEqual(['create after', 'create after']);
  });

  test('tells what others do to its records, and of several updates at once the last', async () => {
    await write('POST', 'person', { id: 'x' });
    await write('POST', 'tag', { id: 'sea' });
    const { next } = await feed();
    await next();
    await write('POST', 'movie', [
      { id: 'a', director: 'x', tags: [] },
      { id: 'b', tags: ['sea'] },
    ]);
    expect([told(await next()), told(await next())].toSorted()).toEqual(['create a', 'create b']);
    await write('DELETE', 'person/x');
    expect(await next()).toMatchObject({ event: 'update', data: { id: 'a', record: { director: null } } });
    await write('DELETE', 'tag/sea');
    expect(await next()).toMatchObject({ event: 'update', data: { id: 'b', record: { tags: [] } } });
    await system.sql(`
      begin;
      insert into ${ws}_data.movie (id) values ('gone');
      update ${ws}_data.movie set year = 1 where id = 'a';
      update ${ws}_data.movie set year = 2 where id in ('a', 'gone');
      delete from ${ws}_data.movie where id = 'gone';
      commit`);
    const both = [await next(), await next()];
    expect(both.map(told)).toEqual(['update a', 'delete gone']);
    expect(both[0]?.data.record.year).toBe(2);
  });

  test('of a filter tells what fits it, and what may no longer', async () => {
    const { next } = await feed('?filter[year][_gte]=2000');
    await next();
    await write('POST', 'movie', [
      { id: 'old', year: 1975 },
      { id: 'new', year: 2001 },
    ]);
    expect(told(await next())).toBe('create new');
    await write('PATCH', 'movie/new', { year: 1999 });
    expect(await next()).toMatchObject({ event: 'update', data: { id: 'new', record: null } });
    await write('PATCH', 'movie/old', { year: 2010 });
    expect(await next()).toMatchObject({ event: 'update', data: { id: 'old', record: { year: 2010 } } });
  });

  test('goes on by the model as it becomes, and says which one that is', async () => {
    await write('POST', 'movie', { id: 'jaws', year: 1975 });
    const { next } = await feed();
    const { data: before } = await next();
    const changed = await change(
      system.edge,
      operations(
        { op: 'renameField', model: 'movie', from: 'year', to: 'released' },
        { op: 'alterField', model: 'movie', field: 'released', set: { type: 'text' } },
        { op: 'renameModel', from: 'movie', to: 'film' },
      ),
      ws,
    );
    await write('PATCH', 'film/jaws', { title: 'Jaws' });
    const model = await next();
    expect(model).toMatchObject({ event: 'model', data: { model: 'film', version: 2 } });
    expect(model.data.hash).toBe(changed.body.plan.result.film);
    expect(model.data.hash).not.toBe(before.hash);
    expect(await next()).toMatchObject({
      event: 'update',
      data: { id: 'jaws', record: { title: 'Jaws', released: '1975' } },
    });
    await ended(system.edge, changed.body.id, ws);
    await write('PATCH', 'film/jaws', { released: '1976' });
    expect(await next()).toMatchObject({ event: 'update', data: { record: { released: '1976' } } });
  });

  test('names records by their next key once the model has it', async () => {
    await write('POST', 'movie', { id: 'jaws', title: 'Jaws' });
    const { next } = await feed();
    await next();
    const keyed = operations({ op: 'changeKey', model: 'movie', key: 'bigint', generate: true });
    const { body } = await change(system.edge, keyed, ws);
    expect(told(await next())).toBe('model movie');
    const made = await write('POST', 'movie', { title: 'Up' });
    expect(await next()).toMatchObject({ event: 'create', data: { id: made.id, record: { title: 'Up' } } });
    await ended(system.edge, body.id, ws);
    await write('DELETE', `movie/${made.id}`);
    expect(told(await next())).toBe(`delete ${made.id}`);
  });

  test('ends with the model', async () => {
    const { next } = await feed();
    await next();
    const dropped = await confirmed(system.edge, operations({ op: 'dropModel', model: 'movie' }), ws);
    expect(dropped.body.error).toBeUndefined();
    await expect(next()).rejects.toThrow('the stream ended');
    expect((await system.edge.get(pathOf())).status).toBe(404);
  });
});

describe('the feed refuses', () => {
  const refused = async (query: string, headers = {}, model = 'movie') => {
    const { status, body } = await system.edge.get(pathOf(query, model), headers);
    return [status, body.code];
  };

  test('a last event that is older than what is kept, or none', async () => {
    const { next } = await feed();
    const { id } = await next();
    await system.sql(
      `insert into remodel.event_marks (at, xid) values (now() - interval '25 hours', $1::xid8)`,
      [String(Number(id.split('.')[0]) + 1)],
    );
    expect(await refused('', { 'Last-Event-ID': id })).toEqual([410, 'events_expired']);
    expect(await refused(`?lastEventId=${id}`)).toEqual([410, 'events_expired']);
    await system.sql('delete from remodel.event_marks');
    expect(await refused('', { 'Last-Event-ID': 'x' })).toEqual([400, 'invalid_header']);
    expect(await refused('?lastEventId=1')).toEqual([400, 'invalid_query']);
    expect(await refused('?lastEventId=01618.1')).toEqual([400, 'invalid_query']);
  });

  test('what is not there, and what it does not know', async () => {
    expect(await refused('', {}, 'nothing')).toEqual([404, 'unknown_model']);
    expect(await refused('?filter[nothing][_eq]=1')).toEqual([400, 'invalid_query']);
    expect(await refused('?limit=1')).toEqual([400, 'invalid_query']);
    expect(await refused('', { 'Model-Hash': `movie=${'0'.repeat(64)}` })).toEqual([412, 'stale_definition']);
  });
});
