import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrafficEntry } from '../../local/traffic.ts';
import { ended, operations, putModel } from '../stack/changes.ts';
import { hasCommand, hasSql, holdFirst } from '../stack/hold.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

test('the head is written last: after the commit, and after the definition can be fetched', async () => {
  await putModel(system.edge, 'movie', { fields: [{ name: 'title', type: 'text' }] });
  system.traffic.clear();
  const answer = await putModel(system.edge, 'movie', {
    fields: [{ name: 'name', type: 'text', renamedFrom: 'title' }],
  });
  expect(answer.body.status).toBe('done');
  const { entries } = system.traffic;
  const first = (wanted: (entry: TrafficEntry) => boolean): TrafficEntry => {
    const found = entries.find(wanted);
    if (!found) throw new Error('was not seen at the proxies');
    return found;
  };
  const catalog = first((entry) => hasSql(entry, 'insert into remodel.heads'));
  const commit = first((entry) => hasSql(entry, 'commit') && entry.begin > catalog.begin);
  const definition = first((entry) => hasCommand(entry, 'MSET'));
  const head = first((entry) => hasCommand(entry, 'EVAL'));
  expect(commit.end).toBeLessThan(definition.begin);
  expect(definition.end).toBeLessThan(head.begin);
  // And only when Redis has confirmed the head is the change called published.
  const published = first((entry) => hasSql(entry, 'published_at = now()') && entry.begin > catalog.begin);
  expect(head.end).toBeLessThan(published.begin);
});

test('between the commit and its head, a write under a name that a model has lost is told so, not to come again', async () => {
  await putModel(system.edge, 'person', { fields: [{ name: 'name', type: 'text' }] });
  await system.edge.get('/v1/main/records/person');
  const held = holdFirst(system.traffic, (entry) => hasCommand(entry, 'MSET'));
  const rename = operations({ op: 'renameModel', from: 'person', to: 'human' });
  const sent = await system.edge.request('POST', '/v1/main/changes', rename);
  await held.reached;
  const late = await system.edge.request('POST', '/v1/main/records/person', { name: 'Ada' });
  expect([late.status, late.body.code]).toEqual([404, 'unknown_model']);
  const early = await system.edge.request('POST', '/v1/main/records/human', { name: 'Ada' });
  expect(early.status).toBe(201);
  held.release();
  expect((await ended(system.edge, sent.body.id)).body.status).toBe('done');
});
