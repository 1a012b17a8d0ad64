import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ bindings: { GRACE_SECONDS: '0' } });
});
afterAll(() => system.stop());

test('a plan says what each step takes, and keeps its hash while rows come', async () => {
  await putModel(system.edge, 'movie', { fields: [{ name: 'year', type: 'text' }] });
  const body = operations({ op: 'alterField', model: 'movie', field: 'year', set: { type: 'integer' } });
  const plan = async () => (await system.edge.request('POST', '/v1/main/plans', body)).body;
  const estimates = ({ steps }: { readonly steps: readonly Record<string, unknown>[] }) =>
    steps.map(({ kind, estimatedSeconds }) => [kind, estimatedSeconds]);
  const before = await plan();
  expect(estimates(before).every(([, seconds]) => seconds === 0)).toBe(true);
  await system.sql(
    `insert into main_data.movie (year) select (1900 + n % 100)::text from generate_series(1, 10000) as n`,
  );
  const after = await plan();
  expect(after.hash).toBe(before.hash);
  const taking = estimates(after).filter(([, seconds]) => Number(seconds) > 0);
  expect(taking.map(([kind]) => kind)).toEqual(['convert']);
  const sent = await system.edge.request('POST', '/v1/main/changes', { ...body, confirm: before.hash });
  const { body: change } = await ended(system.edge, sent.body.id);
  expect(change.status).toBe('done');
  expect(estimates(change.plan).map(([kind]) => kind)).toEqual(estimates(after).map(([kind]) => kind));
});
