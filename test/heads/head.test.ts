import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatHead, parseHead } from '../../src/heads/head.ts';

describe('a head', () => {
  test('is read back as it was written', () => {
    const hash = fc.oneof(
      fc.constant(''),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
    );
    fc.assert(
      fc.property(fc.nat(), fc.nat(), hash, fc.option(fc.nat()), (seq, version, text, publishedAt) => {
        const head = { seq, version, hash: text, publishedAt };
        expect(parseHead(formatHead(head))).toEqual(head);
      }),
    );
  });

  test('that is damaged counts as none', () => {
    for (const text of [
      null,
      '',
      '1',
      '1.2',
      '1.2.xyz',
      'a.b.',
      `1.2.${'0'.repeat(64)}.`,
      `-1.2.${'0'.repeat(64)}`,
    ]) {
      expect(parseHead(text)).toBeNull();
    }
  });
});
