import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NeonDbError, neon, neonConfig, Pool } from '@neondatabase/serverless';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type DatabaseUrls } from '../../local/database.ts';
import { waitUntil } from '../../local/deadline.ts';
import { type Stack, startStack } from '../../local/stack.ts';

let folder: string;
let stack: Stack;
let database: DatabaseUrls;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remodel-neon-'));
  stack = await startStack({ dataDir: folder, durable: false, recordsTraffic: true });
  database = await createDatabase(stack.postgres, 'neon_proxy');
  neonConfig.fetchEndpoint = `http://${stack.neon.address}/sql`;
  neonConfig.wsProxy = `${stack.neon.address}/v2`;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineConnect = false;
});

afterEach(() => stack.traffic.reset());

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true });
});

const failure = (promise: Promise<unknown>): Promise<NeonDbError & { code?: string }> =>
  promise.then(
    () => {
      throw new Error('It succeeded.');
    },
    (error) => error,
  );

describe('SQL over HTTP', () => {
  test('answers rows with the types of Postgres', async () => {
    const sql = neon(database.edge);
    const rows = await sql.query('select $1::int as a, $2::text as b, null as c, true as d', [1, 'é']);
    expect(rows).toEqual([{ a: 1, b: 'é', c: null, d: true }]);
  });

  test('answers values as text where the driver asks for text', async () => {
    const sql = neon(database.edge);
    // The driver leaves `types` out of account where it is given to neon() itself.
    const types = { getTypeParser: () => (value: string) => value };
    const rows = await sql.query(
      "select 1.50::numeric as n, timestamptz '2026-01-01T00:00Z' as t, true as b",
      [],
      { types },
    );
    expect(rows).toEqual([{ n: '1.50', t: '2026-01-01 00:00:00+00', b: 't' }]);
  });

  test('tells command, count and fields in full results', async () => {
    const sql = neon(database.owner, { fullResults: true });
    await sql.query('create table counted (id int primary key)');
    const result = await sql.query('insert into counted values (1), (2) returning id');
    expect(result).toMatchObject({
      command: 'INSERT',
      rowCount: 2,
      fields: [{ name: 'id', dataTypeID: 23 }],
    });
  });

  test('passes on the fields of an error', async () => {
    const sql = neon(database.owner);
    await sql.query('create table people (mail text constraint one_mail unique)');
    await sql.query('insert into people values ($1)', ['a@b']);
    expect(await failure(sql.query('insert into people values ($1)', ['a@b']))).toMatchObject({
      name: 'NeonDbError',
      code: '23505',
      constraint: 'one_mail',
      table: 'people',
      detail: 'Key (mail)=(a@b) already exists.',
      severity: 'ERROR',
    });
  });

  test('refuses two statements in one text', async () => {
    const sql = neon(database.edge);
    expect((await failure(sql.query('select 1; select 2'))).code).toBe('42601');
  });

  test('says by a code that a login is refused', async () => {
    const sql = neon(database.edge.replace(':local@', ':wrong@'));
    expect((await failure(sql.query('select 1'))).code).toBe('28P01');
  });

  test('runs a batch as one transaction of the asked level', async () => {
    const sql = neon(database.edge);
    const options = { isolationLevel: 'Serializable', readOnly: true, deferrable: true } as const;
    const settings = ['transaction_isolation', 'transaction_read_only', 'transaction_deferrable'];
    const results = await sql.transaction(
      settings.map((name) => sql.query('select current_setting($1) as it', [name])),
      options,
    );
    expect(results).toEqual([[{ it: 'serializable' }], [{ it: 'on' }], [{ it: 'on' }]]);
  });

  test('undoes a batch of which one statement fails', async () => {
    const sql = neon(database.owner);
    await sql.query('create table batched (id int primary key)');
    const batch = [1, 2, 1].map((id) => sql.query('insert into batched values ($1)', [id]));
    expect((await failure(sql.transaction(batch))).code).toBe('23505');
    expect(await sql.query('select * from batched')).toEqual([]);
  });

  test('cancels the statement of a client that has gone', async () => {
    const sql = neon(database.owner);
    const signal = AbortSignal.timeout(200);
    await failure(sql.query('select pg_sleep(30)', [], { fetchOptions: { signal } }));
    const isIdle = async () => {
      const rows = await sql.query(
        "select from pg_stat_activity where query = 'select pg_sleep(30)' and state = 'active'",
      );
      return rows.length === 0;
    };
    expect(await waitUntil(isIdle, 5_000)).toBe(true);
  });

  test('cancels nothing else for it', async () => {
    const sql = neon(database.owner);
    for (let n = 0; n < 100; n++) {
      // The client goes about when the statement ends.
      const leaving = new AbortController();
      const options = { fetchOptions: { signal: leaving.signal } };
      const left = Array.from({ length: 4 }, () =>
        sql.query('select pg_sleep(0.002)', [], options).catch(() => null),
      );
      setTimeout(() => leaving.abort(), 1 + (n % 5));
      await Promise.race(left);
      leaving.abort();
      const next = Array.from({ length: 8 }, () => sql.query('select pg_sleep(0.005)'));
      expect(await Promise.all(next)).toHaveLength(8);
    }
  });

  test('goes on after its connections were terminated', async () => {
    const sql = neon(database.owner);
    const asleep = failure(sql.query('select pg_sleep(20)'));
    const isAsleep = async () =>
      (await sql.query("select from pg_stat_activity where query = 'select pg_sleep(20)'")).length > 0;
    await waitUntil(isAsleep, 5_000);
    await sql.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    expect((await asleep).code).toBe('57P01');
    expect(await sql.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('Postgres over a WebSocket', () => {
  test('keeps the session between statements', async () => {
    const pool = new Pool({ connectionString: database.migrator, max: 1 });
    await pool.query("set application_name = 'kept'");
    const { rows } = await pool.query('select current_setting($1) as name', ['application_name']);
    expect(rows).toEqual([{ name: 'kept' }]);
    await pool.end();
  });

  test('passes on the fields of an error', async () => {
    const pool = new Pool({ connectionString: database.owner });
    await pool.query('create table owned (id int constraint positive check (id > 0))');
    expect(await failure(pool.query('insert into owned values ($1)', [-1]))).toMatchObject({
      code: '23514',
      constraint: 'positive',
    });
    await pool.end();
  });

  test('carries more than a chunk in both ways', async () => {
    const pool = new Pool({ connectionString: database.edge });
    const text = 'é'.repeat(2_000_000);
    const { rows } = await pool.query('select $1::text as text', [text]);
    expect(rows[0].text === text).toBe(true);
    await pool.end();
  });

  test('ends the session in Postgres when the client ends it', async () => {
    const pool = new Pool({ connectionString: database.migrator });
    await pool.query("set application_name = 'ended'");
    await pool.end();
    const sql = neon(database.owner);
    const isGone = async () =>
      (await sql.query("select from pg_stat_activity where application_name = 'ended'")).length === 0;
    expect(await waitUntil(isGone, 2_000)).toBe(true);
  });
});

describe('traffic of the Neon proxy', () => {
  test('is recorded with statements, login and database, in order', async () => {
    await neon(database.edge).query('select 1');
    const pool = new Pool({ connectionString: database.migrator });
    await pool.query('select $1::int', [2]);
    await pool.end();
    expect(stack.traffic.entries).toMatchObject([
      { kind: 'http', statements: ['select 1'], user: 'remodel_edge_local', database: 'neon_proxy' },
      { kind: 'websocket', statements: ['select $1::int'], user: 'remodel_migrator_local' },
    ]);
  });

  test('is held up as long as asked', async () => {
    stack.traffic.delayMs = 150;
    const start = performance.now();
    await neon(database.edge).query('select 1');
    expect(performance.now() - start).toBeGreaterThan(145);
  });

  test('is refused while it is down', async () => {
    const pool = new Pool({ connectionString: database.migrator });
    pool.on('error', () => undefined);
    await pool.query('select 1');
    stack.traffic.down = true;
    expect((await failure(neon(database.edge).query('select 1'))).message).toContain('503');
    await failure(pool.query('select 1'));
    await failure(new Pool({ connectionString: database.migrator }).query('select 1'));
    stack.traffic.down = false;
    await pool.query('select 1');
    await pool.end();
  });

  test.each(['http', 'websocket'] as const)('can be cut before and after Postgres (%s)', async (kind) => {
    const sql = neon(database.owner);
    await sql.query(`create table cut_${kind} (id int)`);
    const pool = new Pool({ connectionString: database.owner });
    pool.on('error', () => undefined);
    const text = `insert into cut_${kind} values ($1)`;
    const insert = (id: number): Promise<unknown> =>
      kind === 'http' ? sql.query(text, [id]) : pool.query(text, [id]);
    const cut = () => {
      throw new Error('cut');
    };
    stack.traffic.onRequest = cut;
    await failure(insert(1));
    stack.traffic.onRequest = undefined;
    stack.traffic.onResponse = cut;
    await failure(insert(2));
    stack.traffic.onResponse = undefined;
    await insert(3);
    expect(await sql.query(`select id from cut_${kind}`)).toEqual([{ id: 2 }, { id: 3 }]);
    await pool.end();
  });

  test('can have a session ask for something else, such as what fails', async () => {
    stack.traffic.instead = (entry) =>
      entry.proxy === 'neon' && entry.statements.includes('select $1::int') ? 'select 1 / 0' : undefined;
    const pool = new Pool({ connectionString: database.migrator });
    pool.on('error', () => undefined);
    const client = await pool.connect();
    await client.query('begin');
    await expect(client.query('select $1::int', [1])).rejects.toMatchObject({ code: '22012' });
    await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('rollback');
    expect((await client.query('select 2 as n')).rows).toEqual([{ n: 2 }]);
    client.release();
    await pool.end();
  });
});
