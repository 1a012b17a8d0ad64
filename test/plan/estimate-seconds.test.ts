import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChangeRequest } from '../../src/plan/parse-change-request.ts';
import { type Plan, planChange } from '../../src/plan/plan-change.ts';
import { showPlan } from '../../src/plan/show-plan.ts';
import { after, EMPTY } from '../definition/arbitrary.ts';

const STATE = after(
  EMPTY,
  { name: 'person', fields: [] },
  {
    name: 'movie',
    fields: [
      { name: 'title', type: 'text' },
      { name: 'year', type: 'text' },
      { name: 'writers', type: 'references', to: 'person' },
    ],
  },
);

const plan = (...operations: readonly object[]): Plan =>
  planChange(
    STATE,
    parseChangeRequest({ operations: operations.map((one) => ({ model: 'movie', ...one })) }),
  );

/** The estimated seconds of steps by their kinds, over a table of that size. */
function seconds(of: Plan, rows: number, bytes: number): Readonly<Record<string, number>> {
  const shown = showPlan(of, new Map([['"main_data"."movie"', { rows, bytes }]]), []);
  const steps = shown['steps'] as readonly { readonly kind: string; readonly estimatedSeconds: number }[];
  return Object.fromEntries(steps.map(({ kind, estimatedSeconds }) => [kind, estimatedSeconds]));
}

const EVERYTHING = plan(
  { op: 'alterField', field: 'year', set: { type: 'integer', min: 1888, required: true } },
  { op: 'alterField', field: 'writers', set: { type: 'reference' } },
  { op: 'addIndex', fields: ['title'] },
  { op: 'addField', field: { name: 'token', type: 'uuid', default: { fn: 'uuid' } } },
);

describe('the estimated time of a step', () => {
  test('is what its rows and bytes take at the rates that the documents name', () => {
    const converted = plan({ op: 'alterField', field: 'year', set: { type: 'integer', min: 1888 } });
    expect(seconds(converted, 1_000_000, 100_000_000)).toEqual({
      addShadow: 0,
      convert: 22,
      createIndex: 3,
      switchColumn: 0,
      publish: 0,
      dropIndex: 0,
      dropShadow: 0,
      trashColumn: 0,
      addConstraint: 0,
      validateConstraint: 1.5,
    });
    const words = plan({ op: 'addIndex', fields: ['title'], kind: 'fullText' });
    expect(seconds(words, 1_000_000, 100_000_000)['createIndex']).toBe(21);
  });

  test('is nothing for a table that is empty, or made in the same change', () => {
    expect(Object.values(seconds(EVERYTHING, 0, 0)).every((estimate) => estimate === 0)).toBe(true);
    const made = planChange(
      STATE,
      parseChangeRequest({
        models: [{ name: 'review', fields: [{ name: 'of', type: 'reference', to: 'movie', unique: true }] }],
      }),
    );
    expect(Object.values(seconds(made, 1e9, 1e12)).every((estimate) => estimate === 0)).toBe(true);
  });

  test('grows with the table, and is no part of what the hash of a plan names', () => {
    const size = fc.record({ rows: fc.nat(1e9), bytes: fc.nat(1e12) });
    fc.assert(
      fc.property(size, size, (one, more) => {
        const less = seconds(EVERYTHING, one.rows, one.bytes);
        const larger = seconds(EVERYTHING, one.rows + more.rows, one.bytes + more.bytes);
        for (const [kind, estimate] of Object.entries(less)) {
          expect(estimate).toBeGreaterThanOrEqual(0);
          expect(larger[kind]).toBeGreaterThanOrEqual(estimate);
        }
        const shown = showPlan(EVERYTHING, new Map([['"main_data"."movie"', one]]), []);
        expect(shown['hash']).toBe(EVERYTHING.hash);
      }),
    );
  });
});
