import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cloneDatabase, createDatabase, dropDatabase } from '../../local/database.ts';
import { type LocalPostgres, startPostgres } from '../../local/postgres.ts';

let folder: string;
let dataDir: string;
let running: LocalPostgres | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remodel-postgres-'));
  dataDir = join(folder, 'data');
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  await rm(folder, { recursive: true });
});

async function start(): Promise<LocalPostgres> {
  running = await startPostgres({ dataDir, durable: false });
  return running;
}

async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the local Postgres', () => {
  test('is version 18, and keeps its data over a stop', async () => {
    const first = await start();
    expect(
      await query(
        first.ownerUrl('postgres'),
        "select current_setting('server_version_num')::int / 10000 as v",
      ),
    ).toEqual([{ v: 18 }]);
    await query(first.ownerUrl('postgres'), 'create table kept as select 7 as n');
    await first.stop();
    expect(await first.exited).toBe('ended with code 0');
    const second = await start();
    expect(await query(second.ownerUrl('postgres'), 'select n from kept')).toEqual([{ n: 7 }]);
  });

  test('starts where the number of a process that died belongs to another one now', async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n1\n1\n\n127.0.0.1\n`);
    const again = await start();
    expect(await query(again.ownerUrl('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('says in one line why it does not start on a broken folder', async () => {
    await (await start()).stop();
    running = undefined;
    await rm(join(dataDir, 'global/pg_control'));
    const failure: unknown = await start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(String(failure)).toMatch(/^Error: Postgres did not start on .*pg_control.*$/);
  });
});

describe('a local database', () => {
  test('has a catalog, and logins with the settings and rights of their roles', async () => {
    const postgres = await start();
    const urls = await createDatabase(postgres, 'first');
    expect(await createDatabase(postgres, 'first')).toEqual(urls);
    const settings =
      "select current_setting('timezone') as zone, current_setting('statement_timeout') as timeout";
    expect(await query(urls.edge, settings)).toEqual([{ zone: 'UTC', timeout: '10s' }]);
    expect(await query(urls.migrator, settings)).toEqual([{ zone: 'UTC', timeout: '0' }]);
    expect(await query(urls.edge, 'select slug from remodel.workspaces')).toEqual([{ slug: 'main' }]);
    await expect(query(urls.edge, 'create schema mine')).rejects.toThrow('permission denied');
    await query(urls.migrator, 'create schema mine');
  });

  test('can be copied with its grants, and dropped', async () => {
    const postgres = await start();
    await createDatabase(postgres, 'template');
    const copies = await Promise.all(['a', 'b'].map((name) => cloneDatabase(postgres, 'template', name)));
    for (const { edge, migrator } of copies) {
      await query(migrator, 'create schema mine');
      expect(await query(edge, 'select slug from remodel.workspaces')).toEqual([{ slug: 'main' }]);
    }
    await dropDatabase(postgres, 'a');
    await expect(query(copies[0]?.edge ?? '', 'select 1')).rejects.toThrow('does not exist');
  });
});
