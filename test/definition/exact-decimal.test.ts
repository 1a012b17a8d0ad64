import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareDecimals,
  decimalText,
  type ExactDecimal,
  readDecimal,
  wholeDigits,
} from '../../src/definition/values/exact-decimal.ts';
import { isRefusal } from '../../src/definition/values/reading.ts';

const decimals = fc.record({ units: fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }), scale: fc.nat(40) });

function read(value: unknown): ExactDecimal {
  const decimal = readDecimal(value);
  if (isRefusal(decimal)) throw new Error(`${String(value)} ${decimal.refusal}`);
  return decimal;
}

/** Both at one scale, as whole numbers. */
function aligned(a: ExactDecimal, b: ExactDecimal): readonly [bigint, bigint] {
  return [a.units * 10n ** BigInt(b.scale), b.units * 10n ** BigInt(a.scale)];
}

describe('an exact decimal', () => {
  test('is read back from its text without the loss of a digit', () => {
    fc.assert(
      fc.property(decimals, (decimal) => {
        expect(read(decimalText(decimal))).toEqual(decimal);
      }),
    );
  });

  test('is read from a JSON number whose digits are beyond doubt, and from no other', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const decimal = readDecimal(number);
        if (isRefusal(decimal)) return;
        expect(Number(decimalText(decimal))).toBe(number === 0 ? 0 : number);
        expect(String(number).replace(/[-.]/g, '').replace(/^0+/, '').length).toBeLessThanOrEqual(15);
      }),
    );
    expect(decimalText(read(12.5))).toBe('12.5');
    expect(isRefusal(readDecimal(0.1 + 0.2))).toBe(true);
    expect(isRefusal(readDecimal(2 ** 53))).toBe(true);
  });

  test('compares as the numbers do, whatever their scales', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const [left, right] = aligned(a, b);
        expect(Math.sign(compareDecimals(a, b))).toBe(left < right ? -1 : left > right ? 1 : 0);
        expect(compareDecimals(a, { units: a.units * 1000n, scale: a.scale + 3 })).toBe(0);
      }),
    );
  });

  test('counts the digits ahead of its point', () => {
    fc.assert(
      fc.property(decimals, (decimal) => {
        const whole = decimalText(decimal).replace('-', '').split('.')[0] ?? '';
        expect(wholeDigits(decimal)).toBe(whole === '0' ? 0 : whole.length);
      }),
    );
  });

  test.each([
    ['007', '7'],
    ['-0', '0'],
    ['0.10', '0.10'],
    ['-00.5', '-0.5'],
    [`${'9'.repeat(1000)}.${'1'.repeat(1000)}`, `${'9'.repeat(1000)}.${'1'.repeat(1000)}`],
  ])('is %s', (text, plain) => {
    expect(decimalText(read(text))).toBe(plain);
  });

  test.each([
    ['1e5'],
    ['1.'],
    ['.5'],
    ['+1'],
    [' 1'],
    ['1\n'],
    ['1,5'],
    ['0x10'],
    ['NaN'],
    ['Infinity'],
    [''],
    ['٣'],
    [1e21],
    [1e-7],
    [Number.NaN],
    [true],
    [null],
    [['1']],
    ['1'.repeat(2003)],
  ])('is not %j', (value) => {
    expect(isRefusal(readDecimal(value))).toBe(true);
  });
});
