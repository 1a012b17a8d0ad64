import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrafficEntry } from '../../local/traffic.ts';
import { putModel } from '../stack/changes.ts';
import { hasCommand, hasSql } from '../stack/hold.ts';
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
