import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrayLiteral, readArrayLiteral } from '../../src/definition/values/array-literal.ts';

test('an array of texts is read back from its literal, whatever is in them', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      expect(readArrayLiteral(arrayLiteral(texts))).toEqual(texts);
    }),
  );
  expect(arrayLiteral(['a', 'b "c" \\', '', 'null'])).toBe(String.raw`{"a","b \"c\" \\","","null"}`);
});
