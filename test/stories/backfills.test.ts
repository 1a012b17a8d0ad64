import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { wireMigrator } from '../../functions/wire-migrator.ts';
import { runWorkspace } from '../../src/migrator/run-workspace.ts';
import { operations } from '../stack/changes.ts';
import { hasSql, isMigrators } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';
import { LaggingReplica } from '../stack/lagging-replica.ts';

let stack: InProcess;
let runs = 0;
let ws: string;
beforeAll(async () => {
  stack = await InProcess.start();
});
afterAll(() => stack.stop());

beforeEach(async () => {
  runs += 1;
  ws = `ws${runs}`;
  stack.parts.traffic.reset();
  await stack.request('POST', '/v1/workspaces', { slug: ws, label: 'filled' });
  await stack.request('PUT', `/v1/${ws}/models/movie`, { fields: [{ name: 'title', type: 'text' }] });
  await stack.deliverAll();
  await stack.parts.sql(`insert into ${ws}_data.movie (title) select null from generate_series(1, 4000)`);
});

/** Each record gets a token of its own. */
const FILL = operations({
  op: 'addField',
  model: 'movie',
  field: { name: 'token', type: 'uuid', default: { fn: 'uuid' } },
});
const send = async (): Promise<string> => (await stack.request('POST', `/v1/${ws}/changes`, FILL)).body.id;
const read = async (id: string) => (await stack.get(`/v1/${ws}/changes/${id}`)).body;
const empty = async () =>
  (await stack.parts.sql(`select count(*)::int as n from ${ws}_data.movie where token is null`))[0]?.['n'];
const isBatch = (entry: Parameters<typeof isMigrators>[0]) =>
  isMigrators(entry) && hasSql(entry, 'with looked');

describe('a backfill', () => {
  test('finds the rows that are written behind its cursor, whatever the order of keys', async () => {
    let batches = 0;
    stack.parts.traffic.onRequest = async (entry) => {
      if (!isBatch(entry)) return;
      batches += 1;
      if (batches > 4) return;
      // The smallest of all keys, and the next: each time behind the cursor.
      const key = `00000000-0000-7000-8000-00000000000${batches}`;
      await stack.parts.sql(`insert into ${ws}_data.movie (id, token) values ($1, null)`, [key]);
    };
    const id = await send();
    await stack.deliver({ workspace: ws });
    expect(await read(id)).toMatchObject({ status: 'done', progress: { rows: 4004, rowsTotal: 4004 } });
    expect(await empty()).toBe(0);
  });

  test.each(['onRequest', 'onResponse'] as const)('goes on where one was killed (%s)', async (side) => {
    let batches = 0;
    stack.parts.traffic[side] = (entry) => {
      if (!isBatch(entry)) return;
      batches += 1;
      if (batches % 2 === 0 && batches < 9) throw new Error('killed, as the test asked for');
    };
    const id = await send();
    for (let kills = 0; kills < 4; kills++) expect(await stack.deliver({ workspace: ws })).toBe(false);
    await stack.deliver({ workspace: ws });
    const { status, progress, steps } = await read(id);
    expect(status).toBe('done');
    // No row was counted twice.
    expect(progress.rows).toBe(4000);
    expect(await empty()).toBe(0);
    expect(steps).toContainEqual(expect.objectContaining({ kind: 'backfill', status: 'done', attempts: 5 }));
  });

  test('is cut into slices, each sending a message for the next', async () => {
    const id = await send();
    let slices = 0;
    const migrator = { ...wireMigrator(stack.env), sliceMilliseconds: 0 };
    for (;;) {
      stack.nudges.length = 0;
      await runWorkspace(migrator, ws);
      slices += 1;
      if ((await read(id)).status === 'done') break;
      expect(stack.nudges).toEqual([{ workspace: ws }]);
    }
    // A pass that fills, one that finds nothing left, and the steps around them.
    expect(slices).toBeGreaterThan(6);
    expect(await read(id)).toMatchObject({ progress: { rows: 4000 } });
    expect(await empty()).toBe(0);
  });

  test('rests while a replica is behind, and no longer', async () => {
    const replica = await LaggingReplica.connect(stack.parts);
    const id = await send();
    const pauses: number[] = [];
    const migrator = {
      ...wireMigrator(stack.env),
      sleep: async (milliseconds: number) => {
        pauses.push(milliseconds);
        if (pauses.length === 2) await replica.catchUp();
      },
    };
    await replica.fallBehind();
    await runWorkspace(migrator, ws);
    await replica.stop();
    expect(pauses[0]).toBeGreaterThanOrEqual(500);
    expect(pauses[1]).toBeGreaterThanOrEqual(1000);
    for (const pause of pauses.slice(2)) expect(pause).toBeLessThan(2000);
    expect(await read(id)).toMatchObject({ status: 'done', progress: { rows: 4000 } });
  });
});
