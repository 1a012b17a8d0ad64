import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmed, ended, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ bindings: { GRACE_SECONDS: '0' } });
});
afterAll(() => system.stop());

test.each([
  ['a default of JSON', { name: 'extra', type: 'json', default: { zz: 1, a: 2 } }, {}],
  [
    'an index over some rows',
    { name: 'day', type: 'date' },
    { where: { day: { _null: false, _lt: '2026-01-01' } } },
  ],
])(
  '%s is confirmed as it was written, in whatever order its members stand',
  async (_, field, { where }: { where?: object }) => {
    const model = `of_${field.name}`;
    await putModel(system.edge, model, {
      fields: [
        { name: 'title', type: 'text' },
        { name: 'old', type: 'text' },
      ],
    });
    const body = operations(
      { op: 'dropField', model, field: 'old' },
      { op: 'addField', model, field },
      ...(where ? [{ op: 'addIndex', model, fields: ['title'], where }] : []),
    );
    const sent = await confirmed(system.edge, body);
    const { body: change } = await ended(system.edge, sent.body.id);
    expect([change.status, change.error]).toEqual(['done', undefined]);
  },
);

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
