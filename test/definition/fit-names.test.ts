import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitNames } from '../../src/definition/fit-names.ts';
import { isName } from '../../src/definition/identifiers.ts';

describe('names that are made to fit', () => {
  test('fit the grammar, are different, and leave alone what fits', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 60 })), (given) => {
        const fitted = fitNames(given);
        expect(fitted.every(isName)).toBe(true);
        expect(new Set(fitted).size).toBe(given.length);
        given.forEach((name, n) => {
          if (isName(name)) expect(fitted[n]).toBe(name);
        });
      }),
    );
  });
});
