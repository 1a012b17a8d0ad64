import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useNeonProxy } from '../../src/adapters/neon-endpoint.ts';
import { neonSession } from '../../src/adapters/neon-session.ts';
import { makeModelClass } from '../../src/model/model-class.ts';
import { parseExportQuery } from '../../src/records/export-query.ts';
import { exportRecords } from '../../src/records/export-records.ts';
import { change, ended, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

const ROWS = 40_000;
let system: System;

beforeAll(async () => {
  system = await startSystem();
  await putModel(system.edge, 'thing', {
    fields: [
      { name: 'size', type: 'integer' },
      { name: 'note', type: 'text' },
    ],
  });
  // Far more than sockets and streams hold on the way.
  await system.sql(
    `insert into main_data.thing (size, note) select n, repeat('x', 1000) from generate_series(1, $1) n`,
    [ROWS],
  );
});
afterAll(() => system.stop());

/** The sessions of exports that Postgres holds. */
async function sessions(): Promise<readonly string[]> {
  const rows = await system.sql(`
    select state from pg_stat_activity where application_name = 'edge' and datname = current_database()`);
  return rows.map(({ state }) => String(state));
}

async function until(wanted: () => Promise<boolean>): Promise<void> {
  while (!(await wanted()));
}

const path = (query: string) => `/v1/main/records/thing/export?${query}`;

/** The rest of a body, as lines. */
async function linesOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  begun = '',
): Promise<readonly string[]> {
  const decoder = new TextDecoder();
  let text = begun;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text.trimEnd().split(/\r?\n/);
    text += decoder.decode(value, { stream: true });
  }
}

async function begun(query: string, signal?: AbortSignal) {
  const response = await system.edge.open(path(query), {}, signal);
  const reader = response.body?.getReader();
  if (!reader) throw new TypeError('an export has a body');
  const { value } = await reader.read();
  // No more is asked of Postgres than the way to the client holds.
  await until(async () => (await sessions()).includes('idle in transaction'));
  return { reader, first: new TextDecoder().decode(value) };
}

/** The parts of an export of all things, asked for one by one, as the edge does. */
async function open(pauseSeconds?: number): Promise<AsyncGenerator<string, void>> {
  const [row] = await system.sql(`
    select d.body, d.hash, m.version
    from remodel.models m
    join remodel.definitions d on d.hash = m.hash
    where m.name = 'thing'`);
  const model = makeModelClass({
    workspace: 'main',
    version: Number(row?.['version']),
    hash: String(row?.['hash']),
    definition: JSON.parse(String(row?.['body'])),
  });
  const related = { byId: () => model, byName: () => null, taken: [] };
  const query = parseExportQuery(model, related, new URLSearchParams(), 'csv');
  useNeonProxy(system.bindings.NEON_LOCAL_PROXY);
  const connect = () => neonSession(system.urls.edge, 'edge');
  return exportRecords(connect, model, related, query, pauseSeconds);
}

describe('an export that is read slowly', () => {
  test('shows one snapshot under one class, and a change of a type waits for its end', async () => {
    const { reader, first } = await begun('format=csv&select=size,note');
    const alter = operations({ op: 'alterField', model: 'thing', field: 'size', set: { type: 'text' } });
    const changed = await system.edge.request('POST', '/v1/main/changes', alter);
    expect(changed.status).toBe(202);
    await system.edge.request('POST', '/v1/main/records/thing', { size: -1 });
    await system.sql(`update main_data.thing set note = 'new' where size > $1`, [ROWS - 10]);
    expect((await system.edge.get(`/v1/main/changes/${changed.body.id}`)).body.status).not.toBe('published');
    const [header, ...lines] = await linesOf(reader, first);
    expect(header).toBe('size,note');
    expect(lines).toHaveLength(ROWS);
    expect(lines.every((line) => /^\d+,"x{1000}"$/.test(line))).toBe(true);
    expect((await ended(system.edge, changed.body.id)).body).toMatchObject({ status: 'done' });
    const after = await system.edge.get(path('format=ndjson&select=size&filter[note][_eq]=new&limit=1'));
    expect(after.body).toMatch(/^\{"size":"\d+"\}\n$/);
  });

  test('goes on under the names that it began with', async () => {
    const { reader, first } = await begun('format=ndjson&select=note');
    const renamed = await change(
      system.edge,
      operations({ op: 'renameField', model: 'thing', from: 'note', to: 'remark' }),
    );
    expect(renamed.body.status).toMatch(/published|done/);
    const lines = await linesOf(reader, first);
    expect(lines).toHaveLength(ROWS + 1);
    expect(lines.every((line) => line.startsWith('{"note":'))).toBe(true);
    expect((await ended(system.edge, renamed.body.id)).body.status).toBe('done');
    // The isolate still holds the class that it exported by.
    expect((await system.edge.get(path('format=csv&limit=1'))).body).toMatch(
      /^id,created_at,updated_at,size,remark\r\n/,
    );
  });

  test('leaves nothing behind where the client goes away', async () => {
    const aborted = new AbortController();
    await begun('format=csv', aborted.signal);
    aborted.abort();
    await until(async () => (await sessions()).length === 0);
  });

  test('breaks off where its connection is lost, so that nobody takes it for whole', async () => {
    const { reader } = await begun('format=csv');
    await system.sql(`
      select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'edge' and datname = current_database()`);
    await expect(linesOf(reader)).rejects.toThrow();
  });

  test('is given up where the client takes nothing for too long, and says so by its broken end', async () => {
    const parts = await open(1);
    await parts.next();
    await until(async () => (await sessions()).length === 0);
    await expect(parts.next()).rejects.toThrow();
  });

  test('is never held whole: its parts are of one size, however long the lines', async () => {
    await system.sql('truncate main_data.thing');
    await system.sql(`
      insert into main_data.thing (note)
      select repeat('x', case when n > 20000 then 100000 else 10 end) from generate_series(1, 20050) as n`);
    let rows = -1;
    for await (const part of await open()) {
      expect(part.length).toBeLessThan(700_000);
      rows += part.split('\r\n').length - 1;
    }
    expect(rows).toBe(20_050);
  });
});
