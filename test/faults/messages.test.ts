import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { operations, putModel } from '../stack/changes.ts';
import { endState } from '../stack/end-state.ts';
import { hasSql, holdFirst, isMigrators } from '../stack/hold.ts';
import type { Isolate } from '../stack/isolate.ts';
import { type System, startSystem } from '../stack/system.ts';

const WORKSPACES = ['calm', 'stormy'];

let system: System;
beforeEach(async () => {
  system = await startSystem({ isolates: 2, bindings: { GRACE_SECONDS: '0' } });
  for (const slug of WORKSPACES) await system.edge.request('POST', '/v1/workspaces', { slug, label: slug });
});
afterEach(() => system.stop());

const changes = [
  operations({
    op: 'addField',
    model: 'movie',
    field: { name: 'year', type: 'integer', min: 1888, index: true },
  }),
  operations({ op: 'renameField', model: 'movie', from: 'title', to: 'name' }),
  operations({ op: 'addUnique', model: 'movie', fields: ['name'] }),
  operations({ op: 'alterField', model: 'movie', field: 'name', set: { required: true } }),
];

/** Sends all changes, and answers once each of them is done. */
async function changeAll(workspace: string, afterwards: () => Promise<void>): Promise<void> {
  await putModel(system.edge, 'movie', { fields: [{ name: 'title', type: 'text' }] }, workspace);
  for (const body of changes) {
    expect((await system.edge.request('POST', `/v1/${workspace}/changes`, body)).status).toBe(202);
  }
  await afterwards();
  const statuses = async () => {
    const { body } = await system.edge.get(`/v1/${workspace}/changes`);
    return body.data.map((change: { status: string }) => change.status);
  };
  await expect.poll(statuses, { timeout: 30_000 }).toEqual(['done', 'done', 'done', 'done', 'done']);
}

describe('a message is a nudge', () => {
  test('the same message ten times, at two consumers, ends in the same state', async () => {
    await changeAll('calm', async () => undefined);
    await changeAll('stormy', async () => {
      const nudges = system.isolates.flatMap((isolate) =>
        Array.from({ length: 10 }, () => isolate.nudge({ workspace: 'stormy' })),
      );
      await Promise.all(nudges);
    });
    expect(await endState(system, 'stormy')).toEqual(await endState(system, 'calm'));
  });

  test('changes run by their place in the catalog, not by when a message arrives', async () => {
    await changeAll('calm', async () => undefined);
    // The consumer hangs in the first change while the others are written down; then all messages come at once.
    const held = holdFirst(system.traffic, (entry) => hasSql(entry, 'add column "year"'));
    await changeAll('stormy', async () => {
      await held.reached;
      await system.edge.nudge({ workspace: 'calm' });
      await system.edge.nudge({ workspace: 'stormy' });
      held.release();
    });
    expect(await endState(system, 'stormy')).toEqual(await endState(system, 'calm'));
    const ends = await system.sql(
      `select c.seq from remodel.changes c join remodel.workspaces w on w.id = c.workspace_id
      where w.slug = 'stormy' order by c.committed_at`,
    );
    expect(ends.map((row) => Number(row['seq']))).toEqual([1, 2, 3, 4, 5]);
  });

  test('two consumers at once never both migrate', async () => {
    const [one, other] = system.isolates as [Isolate, Isolate];
    await putModel(one, 'movie', { fields: [] }, 'calm');
    const held = holdFirst(system.traffic, (entry) => hasSql(entry, 'add column "year"'));
    const field = { name: 'year', type: 'integer' };
    const body = operations({ op: 'addField', model: 'movie', field });
    const change = await one.request('POST', '/v1/calm/changes', body);
    await held.reached;
    const before = system.traffic.entries.length;
    await other.nudge({ workspace: 'calm' });
    const sinceThen = () => system.traffic.entries.slice(before).filter(isMigrators);
    const asks = () => sinceThen().filter((entry) => hasSql(entry, 'pg_try_advisory_lock')).length;
    await expect.poll(asks, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    for (const entry of sinceThen()) {
      expect(hasSql(entry, 'pg_try_advisory_lock') || hasSql(entry, 'pg_sleep')).toBe(true);
    }
    held.release();
    const status = async () => (await one.get(`/v1/calm/changes/${change.body.id}`)).body;
    await expect.poll(async () => (await status()).status, { timeout: 20_000 }).toBe('done');
    for (const step of (await status()).steps) expect(step.attempts).toBe(1);
    expect(system.traffic.statements.filter((text) => text.includes('add column "year"'))).toHaveLength(1);
  });

  test('a runner whose change another has taken over writes nothing more', async () => {
    await putModel(system.edge, 'movie', { fields: [] }, 'calm');
    const held = holdFirst(system.traffic, (entry) => hasSql(entry, 'begin'));
    const field = { name: 'year', type: 'integer' };
    const body = operations({ op: 'addField', model: 'movie', field });
    const change = await system.edge.request('POST', '/v1/calm/changes', body);
    await held.reached;
    await system.sql('update remodel.changes set runner = gen_random_uuid() where id = $1', [change.body.id]);
    const before = await endState(system, 'calm');
    system.traffic.clear();
    held.release();
    // It looks whether the change is still its own, and gives up.
    await expect.poll(() => system.traffic.statements, { timeout: 10_000 }).toContain('rollback');
    expect(await endState(system, 'calm')).toEqual(before);
    await system.edge.nudge({ workspace: 'calm' });
    const status = async () => (await system.edge.get(`/v1/calm/changes/${change.body.id}`)).body.status;
    await expect.poll(status, { timeout: 20_000 }).toBe('done');
    expect(system.traffic.statements.filter((text) => text.includes('add column "year"'))).toHaveLength(1);
  });
});
