import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printTable } from '../../src/cli/table.ts';

const cell = fc
  .array(fc.stringMatching(/^[a-z_.]{1,60}$/), { maxLength: 12 })
  .map((words) => words.join(' '));
const rows = fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { maxLength: 5 });

describe('a table', () => {
  test('fits the terminal, as far as its columns can be narrowed', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 60, max: 300 }), (cells, columns) => {
        const lines = printTable(['a', 'b', 'c', 'd'], cells, columns).split('\n');
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      }),
      { numRuns: 50 },
    );
  });

  test('says all that it holds where nobody looks at it', () => {
    const long = 'x'.repeat(500);
    expect(printTable(['a'], [[long]], undefined)).toContain(long);
  });
});
