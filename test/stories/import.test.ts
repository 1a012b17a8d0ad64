import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { change, confirmed, ended, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

/** More than one batch. */
const ROWS = 5000;
let system: System;

beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());
beforeEach(async () => {
  if ((await system.edge.get('/v1/main/models/thing')).status === 200) {
    const dropped = await confirmed(system.edge, operations({ op: 'dropModel', model: 'thing' }));
    await ended(system.edge, dropped.body.id);
  }
  await putModel(system.edge, 'thing', {
    fields: [
      { name: 'size', type: 'integer' },
      { name: 'note', type: 'text' },
    ],
  });
});

/** A file that a test goes on with when it likes. */
function file() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  return {
    readable,
    write: (text: string) => writer.write(new TextEncoder().encode(text)),
    end: () => writer.close(),
  };
}

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `${from + n},${'x'.repeat(200)}\n`).join('');

const count = async () => {
  const { body } = await system.edge.get('/v1/main/records/thing?limit=1&count=exact');
  return body.page?.total;
};

/** The sessions of imports that Postgres holds. */
async function sessions(): Promise<readonly Record<string, unknown>[]> {
  return system.sql(`
    select state, query from pg_stat_activity
    where application_name = 'edge' and datname = current_database()`);
}

async function until(wanted: () => Promise<boolean>): Promise<void> {
  while (!(await wanted()));
}

/** An import that has written a batch, and waits for the rest of its file. */
async function begun(query = '', signal?: AbortSignal) {
  const { readable, write, end } = file();
  const answer = system.edge.upload(`/v1/main/records/thing/import${query}`, readable, 'text/csv', signal);
  answer.catch(() => undefined);
  await write(`size,note\n${rows(0, ROWS)}`);
  await until(async () =>
    (await sessions()).some(
      ({ state, query: last }) => state === 'idle in transaction' && /insert/.test(String(last)),
    ),
  );
  return { answer, write, end };
}

describe('an import whose model changes meanwhile', () => {
  test('goes on under the names that it began with', async () => {
    const { answer, write, end } = await begun();
    const renamed = await change(
      system.edge,
      operations({ op: 'renameField', model: 'thing', from: 'note', to: 'remark' }),
    );
    expect(renamed.body.status).toMatch(/published|done/);
    await write(rows(ROWS, 2 * ROWS));
    await end();
    expect((await answer).body).toMatchObject({ inserted: 2 * ROWS, errors: [] });
    const { body } = await system.edge.get('/v1/main/records/thing?filter[remark][_null]=true');
    expect(body.data).toEqual([]);
    expect(await count()).toBe(2 * ROWS);
  });

  test('is waited for by a change of a type, and its rows are converted', async () => {
    const { answer, write, end } = await begun();
    const alter = operations({ op: 'alterField', model: 'thing', field: 'size', set: { type: 'text' } });
    const changed = await system.edge.request('POST', '/v1/main/changes', alter);
    expect(changed.status).toBe(202);
    await write(rows(ROWS, 2 * ROWS));
    await end();
    expect((await answer).body).toMatchObject({ inserted: 2 * ROWS, errors: [] });
    expect((await ended(system.edge, changed.body.id)).body).toMatchObject({ status: 'done' });
    const { body } = await system.edge.get(`/v1/main/records/thing?filter[size][_eq]=${2 * ROWS - 1}`);
    expect(body.data).toMatchObject([{ size: String(2 * ROWS - 1) }]);
    expect(await count()).toBe(2 * ROWS);
  });

  test('ends before what it was written into goes to the trash', async () => {
    const { answer, write, end } = await begun();
    const dropped = await confirmed(system.edge, operations({ op: 'dropModel', model: 'thing' }));
    expect(dropped.body.status).toBe('published');
    await write(rows(ROWS, 2 * ROWS));
    await end();
    expect((await answer).body).toMatchObject({ inserted: 2 * ROWS });
    expect((await ended(system.edge, dropped.body.id)).body).toMatchObject({ status: 'done' });
    const [table] = await system.sql(`select to_regclass('main_data.thing')::text as name`);
    expect(table?.['name']).toBe(null);
  });

  test('is refused by a column that went before it began, though the isolate holds the class that had it', async () => {
    expect(await count()).toBe(0);
    const dropped = await confirmed(
      system.edge,
      operations({ op: 'dropField', model: 'thing', field: 'note' }),
    );
    await ended(system.edge, dropped.body.id);
    const answer = await system.edge.request(
      'POST',
      '/v1/main/records/thing/import',
      `size,note\n${rows(0, 2)}`,
      {
        'Content-Type': 'text/csv',
      },
    );
    expect(answer.body).toMatchObject({
      code: 'validation_failed',
      errors: [{ path: '/note', code: 'unknown_field' }],
    });
  });
});

describe('an import that does not come to its end', () => {
  test('has written nothing where the client goes away', async () => {
    const aborted = new AbortController();
    const { answer } = await begun('', aborted.signal);
    aborted.abort();
    await expect(answer).rejects.toThrow();
    await until(async () => (await sessions()).length === 0);
    expect(await count()).toBe(0);
  });

  test('says that it has written nothing where its connection is lost', async () => {
    const { answer, write, end } = await begun();
    await system.sql(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'edge' and datname = current_database()`);
    await write(rows(ROWS, 2 * ROWS));
    await end();
    expect(await answer).toMatchObject({
      status: 503,
      body: { code: 'database_unavailable', detail: expect.stringContaining('nothing was written') },
    });
    expect(await count()).toBe(0);
  });

  test('answers once the rest of the file has come, where a row of its beginning is wrong', async () => {
    const { readable, write, end } = file();
    const answer = system.edge.upload('/v1/main/records/thing/import', readable, 'text/csv');
    await write('size,nothing\n');
    for (let n = 0; n < 20; n++) await write(rows(0, ROWS));
    await end();
    expect(await answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  });

  test('takes a file that is packed, and refuses one that it cannot unpack', async () => {
    const put = (bytes: Uint8Array<ArrayBuffer>, encoding: string) =>
      system.edge.request('POST', '/v1/main/records/thing/import', new Blob([bytes]), {
        'Content-Type': 'text/csv',
        'Content-Encoding': encoding,
      });
    const packed = new Uint8Array(gzipSync(`size,note\n${rows(0, ROWS)}`));
    expect((await put(packed, 'gzip')).body).toMatchObject({ inserted: ROWS });
    const cut = await put(packed.slice(0, packed.length / 2), 'gzip');
    expect(cut).toMatchObject({ status: 400, body: { code: 'invalid_file' } });
    const other = await put(new TextEncoder().encode('size\n1\n'), 'gzip');
    expect(other).toMatchObject({ status: 400, body: { code: 'invalid_file' } });
    expect(await put(packed, 'br')).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
    expect(await count()).toBe(ROWS);
  });

  test.each([
    ['a quote that is never closed', `size,note\n1,x\n2,"y\n`, 3],
    ['a quote inside a cell', `size,note\n1,5" disk\n2,x\n${'3,y\n'.repeat(1000)}`, 2],
    ['more behind a closed quote', `size,note\n1,"x" y`, 2],
  ])('is refused as a whole for %s', async (_, text, line) => {
    const answer = await system.edge.request('POST', '/v1/main/records/thing/import?onError=skip', text, {
      'Content-Type': 'text/csv',
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_file', errors: [{ line }] } });
    expect(await count()).toBe(0);
  });
});
