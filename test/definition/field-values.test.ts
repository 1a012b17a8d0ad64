import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Field, FieldType } from '../../src/definition/definition.ts';
import { specOf } from '../../src/definition/field-types.ts';
import { isCalendarDay } from '../../src/definition/values/calendar.ts';

function fieldOf(type: FieldType, more: Partial<Field> = {}): Field {
  return { id: 'f', name: 'it', column: 'it', type, ...more };
}

/** The text that Postgres gets for a value; undefined where the field refuses it. */
function textOf(field: Field, value: unknown, bounds = true): string | undefined {
  const parsed = v.safeParse(specOf(field).validator(field, bounds), value);
  return parsed.success ? parsed.output : undefined;
}

const raw = (text: string) => JSON.rawJSON(text);

const ACCEPTED: readonly (readonly [FieldType, Partial<Field>, unknown, string])[] = [
  ['text', {}, '', ''],
  ['text', { maxLength: 1 }, '🎬', '🎬'],
  ['text', { minLength: 2, pattern: '^a' }, 'ab', 'ab'],
  ['integer', {}, 2 ** 31 - 1, '2147483647'],
  ['integer', {}, -(2 ** 31), '-2147483648'],
  ['integer', {}, -0, '0'],
  ['bigint', {}, '9223372036854775807', '9223372036854775807'],
  ['bigint', {}, '-9223372036854775808', '-9223372036854775808'],
  ['bigint', {}, 9007199254740991, '9007199254740991'],
  ['bigint', {}, raw('9007199254740993'), '9007199254740993'],
  ['decimal', {}, '123456789012345678901234567890.123456789', '123456789012345678901234567890.123456789'],
  ['decimal', { precision: 4, scale: 2 }, '12.3400', '12.3400'],
  ['decimal', { min: '0.1' }, raw('0.10000000000000000001'), '0.10000000000000000001'],
  ['float', {}, 1e-320, '1e-320'],
  ['float', {}, -0, '-0'],
  ['float', {}, raw('12345678901234567890'), '12345678901234567000'],
  ['boolean', {}, false, 'false'],
  ['date', {}, '2024-02-29', '2024-02-29'],
  ['date', {}, '2000-02-29', '2000-02-29'],
  ['date', {}, '0001-01-01', '0001-01-01'],
  ['time', {}, '23:59:59.999999', '23:59:59.999999'],
  ['time', {}, '00:00', '00:00'],
  ['timestamp', {}, '2026-11-20T18:30:00.123456+05:45', '2026-11-20T18:30:00.123456+05:45'],
  ['timestamp', {}, '9999-12-31t23:59:59z', '9999-12-31t23:59:59z'],
  ['interval', {}, 'P1Y2M3DT4H5M6.789S', 'P1Y2M3DT4H5M6.789S'],
  ['interval', {}, 'P14M2W1DT90061S', 'P1Y2M15DT25H1M1S'],
  ['interval', {}, 'P-1Y2M3DT-4H5M-6.000001S', 'P-10M3DT-3H-55M-6.000001S'],
  ['interval', {}, '-P1DT-0.5S', 'P-1DT0.5S'],
  ['interval', {}, 'P0D', 'PT0S'],
  ['interval', {}, 'PT-0.000001S', 'PT-0.000001S'],
  ['interval', { min: 'P1M' }, 'P30D', 'P30D'],
  ['uuid', {}, '0190B0E4-7C1A-7CC0-8F3E-6A1D2C3B4E5F', '0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f'],
  ['json', {}, { a: [null, 1.5, 'x'] }, '{"a":[null,1.5,"x"]}'],
  ['json', {}, { a: raw('12345678901234567890') }, '{"a":12345678901234567890}'],
  ['choice', { options: ['G', 'PG'] }, 'PG', 'PG'],
  ['choices', { options: ['G', 'PG'] }, [], '{}'],
  ['choices', { options: ['a,b', '"\\', 'NULL'] }, ['NULL', '"\\', 'a,b'], '{"NULL","\\"\\\\","a,b"}'],
  ['choices', { options: ['G', 'PG'], minLength: 1, maxLength: 1 }, ['PG'], '{"PG"}'],
  ['point', {}, { type: 'Point', coordinates: [13.4, -52.500000000000014] }, '(13.4,-52.500000000000014)'],
  ['point', {}, { coordinates: [-180, 90], type: 'Point' }, '(-180,90)'],
  ['point', {}, { type: 'Point', coordinates: [raw('1.00000000000000000001'), -0] }, '(1,0)'],
  ['point', { postgis: true }, { type: 'Point', coordinates: [1e-7, 2] }, 'SRID=4326;POINT(1e-7 2)'],
  ['vector', { dimensions: 3 }, [1, -0.5, 1e-40], '[1,-0.5,1e-40]'],
  ['vector', { dimensions: 1 }, [raw('0.10000000000000000001')], '[0.1]'],
  ['email', {}, 'ada@example.org', 'ada@example.org'],
  ['url', {}, 'HTTPS://example.org/ä?q=1#f', 'HTTPS://example.org/ä?q=1#f'],
  ['reference', {}, '0190B0E4-7C1A-7CC0-8F3E-6A1D2C3B4E5F', '0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f'],
  ['reference', { toKey: 'bigint' }, '9007199254740993', '9007199254740993'],
  ['reference', { toKey: 'text' }, 'any key', 'any key'],
];

const REFUSED: readonly (readonly [FieldType, Partial<Field>, unknown])[] = [
  ['text', {}, 1],
  ['text', {}, 'a\0'],
  ['text', {}, '\ud800'],
  ['text', { maxLength: 1 }, 'ab'],
  ['text', { minLength: 2 }, '🎬'],
  ['text', { pattern: '^a$' }, 'b'],
  ['integer', {}, 1.5],
  ['integer', {}, '1'],
  ['integer', {}, 2 ** 31],
  ['integer', {}, raw('12345678901234567890')],
  ['integer', { min: 1, max: 2 }, 3],
  ['bigint', {}, '9223372036854775808'],
  ['bigint', {}, 2 ** 53],
  ['bigint', {}, '1.0'],
  ['bigint', {}, ''],
  ['bigint', { max: '9007199254740992' }, '9007199254740993'],
  ['decimal', { precision: 4, scale: 2 }, '1.234'],
  ['decimal', { precision: 4, scale: 2 }, '123'],
  ['decimal', { max: '1' }, '1.00000000000000000000000000001'],
  ['decimal', {}, 'NaN'],
  ['float', {}, raw('1e999999')],
  ['float', {}, '1'],
  ['float', {}, Number.NaN],
  ['boolean', {}, 'true'],
  ['boolean', {}, 1],
  ['date', {}, '2023-02-29'],
  ['date', {}, '1900-02-29'],
  ['date', {}, '0000-01-01'],
  ['date', {}, '2026-11-20T00:00:00Z'],
  ['date', {}, 'infinity'],
  ['time', {}, '24:00'],
  ['time', {}, '12:00:00.1234567'],
  ['timestamp', {}, '2026-11-20T18:30:00'],
  ['timestamp', {}, '2026-11-20T18:30:60Z'],
  ['timestamp', {}, '2026-11-20T18:30:00.1234567Z'],
  ['timestamp', {}, '9999-12-31T23:59:59-01:00'],
  ['timestamp', {}, 1732127400],
  ['interval', {}, ''],
  ['interval', {}, 'P'],
  ['interval', {}, 'P1DT'],
  ['interval', {}, '1 day'],
  ['interval', {}, 'P1D1M'],
  ['interval', {}, 'P0.5D'],
  ['interval', {}, 'PT1.0000001S'],
  ['interval', {}, 'p1d'],
  ['interval', {}, 86400],
  ['interval', {}, 'P2147483648D'],
  ['interval', {}, 'P178956970Y8M'],
  ['interval', {}, 'PT2562047789H'],
  ['interval', {}, 'infinity'],
  ['interval', { min: 'P1M' }, 'P29DT23H59M59.999999S'],
  ['interval', { max: 'PT0S' }, 'PT0.000001S'],
  ['uuid', {}, '{0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f}'],
  ['uuid', {}, '0190b0e47c1a7cc08f3e6a1d2c3b4e5f'],
  ['json', {}, { a: '\0' }],
  ['json', {}, { '\0': 1 }],
  ['json', {}, undefined],
  ['json', {}, JSON.parse(`${'['.repeat(65)}${']'.repeat(65)}`)],
  ['choice', { options: ['G'] }, 'g'],
  ['choices', { options: ['G'] }, 'G'],
  ['choices', { options: ['G'] }, { 0: 'G' }],
  ['choices', { options: ['G'] }, ['g']],
  ['choices', { options: ['G'] }, ['G', 'G']],
  ['choices', { options: ['G'] }, ['G', null]],
  ['choices', { options: ['G'] }, [['G']]],
  ['choices', { options: ['G'], minLength: 1 }, []],
  ['choices', { options: ['G', 'PG'], maxLength: 1 }, ['G', 'PG']],
  ['point', {}, [13.4, 52.5]],
  ['point', {}, '(13.4,52.5)'],
  ['point', {}, { type: 'point', coordinates: [13.4, 52.5] }],
  ['point', {}, { type: 'Point', coordinates: [13.4] }],
  ['point', {}, { type: 'Point', coordinates: [13.4, 52.5, 30] }],
  ['point', {}, { type: 'Point', coordinates: ['13.4', '52.5'] }],
  ['point', {}, { type: 'Point', coordinates: [180.1, 0] }],
  ['point', {}, { type: 'Point', coordinates: [0, -90.1] }],
  ['point', {}, { type: 'Point', coordinates: [Number.NaN, 0] }],
  ['point', {}, { type: 'Point', coordinates: [0, raw('1e999')] }],
  ['point', {}, { type: 'Point', coordinates: [0, 0], bbox: [0, 0, 0, 0] }],
  ['point', {}, { type: 'LineString', coordinates: [0, 0] }],
  ['vector', { dimensions: 3 }, [1, 2]],
  ['vector', { dimensions: 1 }, 1],
  ['vector', { dimensions: 1 }, ['1']],
  ['vector', { dimensions: 1 }, [null]],
  ['vector', { dimensions: 1 }, [3.5e38]],
  ['vector', { dimensions: 1 }, [Number.POSITIVE_INFINITY]],
  ['email', {}, 'ada'],
  ['email', {}, 'ada@example..org'],
  ['email', {}, `ada@${'x'.repeat(320)}`],
  ['url', {}, 'ftp://example.org'],
  ['url', {}, 'javascript:alert(1)'],
  ['url', {}, 'https://exa mple.org'],
  ['reference', {}, 'no key'],
  ['reference', { toKey: 'bigint' }, 'no key'],
];

describe('a value', () => {
  test.each(ACCEPTED)(
    'of a field of type %s with %j can be %j, and goes to Postgres as %s',
    (type, more, value, text) => {
      expect(textOf(fieldOf(type, more), value)).toBe(text);
    },
  );

  test.each(REFUSED)('of a field of type %s with %j cannot be %j', (type, more, value) => {
    expect(textOf(fieldOf(type, more), value)).toBeUndefined();
  });

  test('is compared with what lies outside the limits of its field, for a filter may ask for that', () => {
    expect(textOf(fieldOf('integer', { max: 2 }), 3, false)).toBe('3');
    expect(textOf(fieldOf('choice', { options: ['G'] }), 'R', false)).toBe('R');
    expect(textOf(fieldOf('decimal', { precision: 2 }), '12345', false)).toBe('12345');
    expect(textOf(fieldOf('text', { pattern: 'a' }), 'b', false)).toBe('b');
    expect(textOf(fieldOf('integer'), 1.5, false)).toBeUndefined();
  });

  test('of type date is every day that the calendar of JavaScript has', () => {
    const days = fc.record({ year: fc.integer({ min: -1, max: 10000 }), month: fc.nat(13), day: fc.nat(32) });
    fc.assert(
      fc.property(days, ({ year, month, day }) => {
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, day);
        const isSame =
          date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        expect(isCalendarDay(year, month, day)).toBe(isSame && year >= 1 && year <= 9999);
      }),
    );
  });

  test('of type json is any JSON, character for character', () => {
    const storable = fc
      .jsonValue({ maxDepth: 5 })
      .filter((value) => !JSON.stringify(value).includes('\\u0000'));
    fc.assert(
      fc.property(storable, (value) => {
        expect(textOf(fieldOf('json'), value)).toBe(JSON.stringify(value));
      }),
    );
  });
});
