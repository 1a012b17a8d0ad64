import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitNames } from '../../src/definition/fit-names.ts';
import { isName, isSystemField } from '../../src/definition/identifiers.ts';

describe('names that are made to fit', () => {
  test('fit the grammar, are different, and leave alone what fits', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 60 })), (given) => {
        const fitted = fitNames(given);
        expect(fitted.every(isName)).toBe(true);
        expect(new Set(fitted).size).toBe(given.length);
        given.forEach((name, n) => {
          if (isName(name) && !isSystemField(name)) expect(fitted[n]).toBe(name);
        });
      }),
    );
  });

  test('are what they were where they fit, however odd', () => {
    expect(fitNames(['a_', 'b__c', 'B C'])).toEqual(['a_', 'b__c', 'b_c']);
  });

  test('are never those of the system', () => {
    const given = ['created_at', 'Created At', 'created_at_2', 'id', 'updated_at'];
    expect(fitNames(given)).toEqual(['created_at_3', 'created_at_4', 'created_at_2', 'id_2', 'updated_at_2']);
  });
});
