import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  compareDurations,
  type Duration,
  durationText,
  readDuration,
} from '../../src/definition/values/duration.ts';
import { putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

const parts = fc.record({
  years: fc.integer({ min: -100_000_000, max: 100_000_000 }),
  months: fc.integer({ min: -500_000_000, max: 500_000_000 }),
  weeks: fc.integer({ min: -100_000_000, max: 100_000_000 }),
  days: fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
  hours: fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
  minutes: fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }),
  seconds: fc.bigInt({ min: -900_000_000_000n, max: 900_000_000_000n }),
  fraction: fc.stringMatching(/^[0-9]{1,6}$/),
});

/** Durations as a client may write them, each with all of its parts. */
const durations = parts.map(
  ({ years, months, weeks, days, hours, minutes, seconds, fraction }) =>
    `P${years}Y${months}M${weeks}W${days}DT${hours}H${minutes}M${seconds}.${fraction}S`,
);
const small = fc
  .tuple(fc.constantFrom('P', '-P'), fc.nat(3), fc.nat(90), fc.nat(50))
  .map(([sign, months, days, hours]) => `${sign}${months}M${days}DT${hours}H`);

function read(text: string): Duration {
  const duration = readDuration(text);
  if ('refusal' in duration) throw new RangeError(`${text} ${duration.refusal}`);
  return duration;
}

describe('an interval', () => {
  let system: System;
  const listed = async (query: string) => (await system.edge.get(`/v1/main/records/span?${query}`)).body.data;

  beforeAll(async () => {
    system = await startSystem();
    const put = await putModel(system.edge, 'span', {
      key: 'bigint',
      fields: [
        { name: 'length', type: 'interval', min: 'P-170000000Y', max: 'P170000000Y' },
        { name: 'break', type: 'interval', default: 'PT1H30M' },
      ],
    });
    expect(put.body.error ?? put.status).toBe(201);
  });
  afterAll(() => system.stop());

  test('is the same to the Worker as to Postgres, exact to the microsecond, and in the same order', async () => {
    const sent = fc
      .sample(fc.oneof(durations, small), { numRuns: 300, seed: 3 })
      .filter((text) => !('refusal' in readDuration(text)));
    expect(sent.length).toBeGreaterThan(200);
    const made = await system.edge.request(
      'POST',
      '/v1/main/records/span',
      sent.map((length) => ({ length })),
    );
    expect(made.body.errors ?? made.status).toBe(201);
    const texts = made.body.data.map(({ length }: { length: string }) => length);
    expect(texts).toEqual(sent.map((text) => durationText(read(text))));
    const sorted: readonly { readonly length: string }[] = await listed('sort=length&limit=1000');
    expect(sorted).toHaveLength(sent.length);
    sorted.slice(1).forEach(({ length }, n) => {
      expect(compareDurations(read(sorted[n]?.length ?? ''), read(length))).toBeLessThanOrEqual(0);
    });
  });

  test('is answered alike whatever the style in which the database writes intervals', async () => {
    const { body } = await system.edge.request('POST', '/v1/main/records/span', { length: 'P-1M2DT-3S' });
    const [database] = await system.sql('select current_database() as name');
    for (const style of ['sql_standard', 'postgres_verbose', 'iso_8601', 'postgres']) {
      await system.sql(`alter database ${database?.['name']} set intervalstyle = '${style}'`);
      const found = await listed(
        'filter[length][_between]=P-1M2DT-3S,P-1M2DT-2.999999S&select=id,length,break',
      );
      expect(found).toEqual([{ id: body.id, length: 'P-1M2DT-3S', break: 'PT1H30M' }]);
      const patched = await system.edge.request('PATCH', `/v1/main/records/span/${body.id}`, {
        break: 'PT1H30M',
      });
      expect(patched.body).toMatchObject({ length: 'P-1M2DT-3S', break: 'PT1H30M' });
    }
  });

  test('outside the limits of its field is refused, by the Worker and by Postgres', async () => {
    const sent = await system.edge.request('POST', '/v1/main/records/span', { length: 'P170000001Y' });
    expect(sent.body).toMatchObject({ code: 'validation_failed', errors: [{ path: '/length' }] });
    const written = system.sql(
      `insert into main_data.span (length) values ('170000000 years 1 microsecond')`,
    );
    await expect(written).rejects.toMatchObject({ code: '23514' });
  });

  test('is found by no filter that is no duration', async () => {
    const answer = await system.edge.get('/v1/main/records/span?filter[length][_lt]=3 days');
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'filter[length][_lt]' }] } });
  });
});
