import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change, operations, putModel } from '../stack/changes.ts';
import type { Isolate } from '../stack/isolate.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
let reader: Isolate;

beforeAll(async () => {
  system = await startSystem({ isolates: 2 });
  reader = system.isolates[1] ?? system.edge;
  await putModel(system.edge, 'movie', { fields: [{ name: 'title', type: 'text' }] });
});
afterAll(() => system.stop());

/** The value of each line, by name and labels. */
async function metricsOf(isolate: Isolate): Promise<ReadonlyMap<string, number>> {
  const { status, headers, body } = await isolate.get('/metrics');
  expect(status).toBe(200);
  expect(headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = String(body).split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^([^#].*) (\S+)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, Number(value)] as const];
    }),
  );
}

describe('the metrics of an isolate', () => {
  test('count its requests by route and method, of which there are so many, and no address', async () => {
    await reader.get('/v1/main/records/movie/00000000-0000-7000-8000-000000000000');
    await reader.get('/v1/main/records/movie/export?format=csv');
    await reader.get('/nowhere');
    for (const method of ['PURGE', 'PROPFIND', 'QUERY']) await reader.request(method, '/v1/main/models');
    const found = await metricsOf(reader);
    const count = (route: string, status: number) =>
      found.get(`remodel_request_seconds_count{method="GET",route="${route}",status="${status}"}`);
    expect(count('/v1/:ws/records/:model/:id', 404)).toBe(1);
    expect(count('/v1/:ws/records/:model/export', 200)).toBe(1);
    expect(count('none', 404)).toBe(1);
    expect([...found.keys()].join('\n')).not.toContain('00000000');
    // Whatever a client says, it makes no number of its own.
    const methods = [...found.keys()].flatMap((name) => /method="([^"]*)"/.exec(name)?.[1] ?? []);
    expect(new Set(methods)).toEqual(new Set(['GET', 'other']));
  });

  test('say how stale a class was when the next took its place', async () => {
    await reader.get('/v1/main/records/movie');
    const before = await metricsOf(reader);
    const began = Date.now();
    await change(
      system.edge,
      operations({ op: 'addField', model: 'movie', field: { name: 'year', type: 'integer' } }),
    );
    expect((await reader.get('/v1/main/records/movie')).status).toBe(200);
    const after = await metricsOf(reader);
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(grown('remodel_staleness_seconds_count')).toBe(1);
    expect(grown('remodel_regenerations_total')).toBe(1);
    expect(grown('remodel_head_lookups_total{outcome="answered"}')).toBe(1);
    const seconds = grown('remodel_staleness_seconds_sum');
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual((Date.now() - began) / 1000);
  });

  test('count what its migrator did: messages and their age, steps, rows of backfills, changes', async () => {
    await system.edge.request('POST', '/v1/main/records/movie', [
      { title: '1' },
      { title: '2' },
      { title: '3' },
    ]);
    const before = await metricsOf(system.edge);
    await change(
      system.edge,
      operations({ op: 'alterField', model: 'movie', field: 'title', set: { type: 'integer' } }),
    );
    const after = await metricsOf(system.edge);
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(grown('remodel_queue_age_seconds_count{queue="remodel-changes"}')).toBeGreaterThan(0);
    expect(grown('remodel_step_seconds_count{step="convert",outcome="done"}')).toBe(1);
    expect(grown('remodel_backfill_rows_total{step="convert"}')).toBe(3);
    expect(grown('remodel_changes_total{status="published"}')).toBe(1);
  });

  test('are for those who have the root token', async () => {
    expect((await reader.get('/metrics', { Authorization: 'Bearer another' })).status).toBe(401);
  });
});
