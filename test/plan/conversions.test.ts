import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Field } from '../../src/definition/definition.ts';
import { specOf } from '../../src/definition/field-types.ts';
import { conversionOf } from '../../src/plan/conversions/conversions.ts';
import { type ConversionOptions, fieldConversion } from '../../src/plan/conversions/field-conversion.ts';
import { type Parts, startParts } from '../stack/parts.ts';

type FieldShape = Partial<Field> & Pick<Field, 'type'>;

const fieldOf = (column: string, shape: FieldShape): Field => ({
  id: column,
  name: column,
  column,
  ...shape,
});
const D = (precision: number, scale: number) => ({ type: 'decimal', precision, scale }) as const;
const any = { type: 'decimal' } as const;

/** From, to, fidelity, and what becomes of values; null is a value that does not convert. */
const PAIRS: readonly (readonly [
  from: FieldShape,
  to: FieldShape,
  fidelity: 'exact' | 'lossy',
  values: Readonly<Record<string, string | null>>,
])[] = [
  [
    { type: 'text' },
    { type: 'integer' },
    'exact',
    {
      '42': '42',
      ' -7 ': '-7',
      '007': '7',
      '12.0': '12',
      '1e3': '1000',
      '1.5': null,
      '2147483648': null,
      x: null,
      '': null,
      '1,000': null,
    },
  ],
  [
    { type: 'text' },
    { type: 'bigint' },
    'exact',
    { '9223372036854775807': '9223372036854775807', '9223372036854775808': null },
  ],
  [
    { type: 'text' },
    any,
    'exact',
    { '0.10': '0.10', '-.5': '-0.5', '1e-3': '0.001', NaN: null, '1e9999': null },
  ],
  [{ type: 'text' }, D(5, 2), 'exact', { '1.50': '1.50', '1.505': null, '999.99': '999.99', '1000': null }],
  [
    { type: 'text' },
    { type: 'float' },
    'exact',
    { '0.1': '0.1', '1e308': '1e+308', '1e309': null, '9007199254740993': null },
  ],
  [
    { type: 'text' },
    { type: 'boolean' },
    'exact',
    { yes: 'true', ' F ': 'false', '1': 'true', '2': null, '': null },
  ],
  [
    { type: 'text' },
    { type: 'date' },
    'exact',
    { '2024-02-29': '2024-02-29', '2023-02-29': null, '24-01-01': null, '2024-01-01T00:00:00Z': null },
  ],
  [
    { type: 'text' },
    { type: 'time' },
    'exact',
    { '18:30': '18:30:00', '23:59:59.999999': '23:59:59.999999', '24:00': null },
  ],
  [
    { type: 'text' },
    { type: 'timestamp' },
    'exact',
    {
      '2024-02-29T12:00:00+02:00': '2024-02-29 10:00:00+00',
      '2024-02-29': '2024-02-29 00:00:00+00',
      '2024-02-30': null,
      '2024-01-01 25:00:00Z': null,
      noon: null,
    },
  ],
  [
    { type: 'text' },
    { type: 'uuid' },
    'exact',
    { '0190B0E4-7c1a-7cc0-8f3e-6a1d2c3b4e5f': '0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f', '0190b0e4': null },
  ],
  [
    { type: 'text' },
    { type: 'json' },
    'lossy',
    {
      '{"b":1,"a":2}': '{"a": 2, "b": 1}',
      '12': '12',
      word: '"word"',
      '"\\u0000"': '"\\"\\\\u0000\\""',
      null: null,
    },
  ],
  [{ type: 'text' }, { type: 'choice', options: ['a', 'b'] }, 'exact', { a: 'a', c: null }],
  [{ type: 'integer' }, { type: 'text' }, 'exact', { '-7': '-7' }],
  [{ type: 'integer' }, { type: 'bigint' }, 'exact', { '7': '7' }],
  [{ type: 'integer' }, D(3, 1), 'exact', { '99': '99.0', '100': null }],
  [{ type: 'integer' }, { type: 'float' }, 'exact', { '2147483647': '2147483647' }],
  [{ type: 'integer' }, { type: 'boolean' }, 'exact', { '0': 'false', '1': 'true', '2': null }],
  [{ type: 'integer' }, { type: 'json' }, 'exact', { '7': '7' }],
  [{ type: 'integer' }, { type: 'choice', options: ['1', '2'] }, 'exact', { '1': '1', '3': null }],
  [{ type: 'integer' }, { type: 'text', maxLength: 2 }, 'exact', { '12': '12', '123': null }],
  [{ type: 'bigint' }, { type: 'integer' }, 'exact', { '7': '7', '2147483648': null }],
  [
    { type: 'bigint' },
    { type: 'float' },
    'exact',
    { '9007199254740992': '9.007199254740992e+15', '9007199254740993': null },
  ],
  [{ type: 'bigint' }, { type: 'json' }, 'exact', { '9007199254740993': '9007199254740993' }],
  [
    any,
    { type: 'integer' },
    'lossy',
    { '1.5': '2', '-1.4': '-1', '2147483647.4': '2147483647', '2147483647.5': null },
  ],
  [any, D(4, 1), 'lossy', { '1.25': '1.3', '999.94': '999.9', '999.95': null }],
  [D(8, 4), D(8, 2), 'lossy', { '1.2345': '1.23' }],
  [D(8, 2), D(6, 2), 'exact', { '1234.50': '1234.50', '12345.60': null }],
  [any, { type: 'float' }, 'exact', { '0.1': '0.1', '0.1000000000000000000001': null }],
  [any, { type: 'boolean' }, 'exact', { '1.0': 'true', '0': 'false', '0.5': null }],
  [
    { type: 'float' },
    any,
    'exact',
    { '0.1': '0.1', '1e300': `1${'0'.repeat(300)}`, '5e-324': `0.${'0'.repeat(323)}5` },
  ],
  [
    { type: 'float' },
    { type: 'bigint' },
    'lossy',
    { '1.6': '2', '9007199254740993': '9007199254740992', '1e19': null },
  ],
  [{ type: 'float' }, { type: 'text' }, 'exact', { '0.1': '0.1' }],
  [{ type: 'boolean' }, { type: 'integer' }, 'exact', { true: '1', false: '0' }],
  [{ type: 'boolean' }, { type: 'text' }, 'exact', { true: 'true', false: 'false' }],
  [{ type: 'date' }, { type: 'timestamp' }, 'exact', { '2024-02-29': '2024-02-29 00:00:00+00' }],
  [
    { type: 'date' },
    { type: 'text' },
    'exact',
    { '0001-01-01': '0001-01-01', '0044-03-15 BC': '0044-03-15 BC', '-infinity': '-infinity' },
  ],
  [{ type: 'date' }, { type: 'json' }, 'exact', { '2024-02-29': '"2024-02-29"' }],
  [{ type: 'time' }, { type: 'text' }, 'exact', { '18:30': '18:30:00' }],
  [{ type: 'timestamp' }, { type: 'date' }, 'lossy', { '2024-02-29T23:00:00-02:00': '2024-03-01' }],
  [{ type: 'timestamp' }, { type: 'time' }, 'lossy', { '2024-02-29T23:00:00-02:00': '01:00:00' }],
  [
    { type: 'timestamp' },
    { type: 'text' },
    'exact',
    {
      '2024-02-29T12:00:00.5+02:00': '2024-02-29T10:00:00.5Z',
      '2024-02-29T10:00:00Z': '2024-02-29T10:00:00Z',
      '0044-03-15 00:00:00+00 BC': '0044-03-15T00:00:00Z BC',
      infinity: 'infinity',
      '-infinity': '-infinity',
    },
  ],
  [
    { type: 'uuid' },
    { type: 'text' },
    'exact',
    { '0190B0E4-7c1a-7cc0-8f3e-6a1d2c3b4e5f': '0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f' },
  ],
  [{ type: 'json' }, { type: 'text' }, 'exact', { '"a b"': 'a b', '[1, 2]': '[1, 2]', '1.50': '1.50' }],
  [{ type: 'json' }, { type: 'integer' }, 'exact', { '7': '7', '"7"': '7', '7.5': null, '[7]': null }],
  [{ type: 'json' }, { type: 'boolean' }, 'exact', { true: 'true', '"no"': 'false', '{}': null }],
  [{ type: 'json' }, { type: 'date' }, 'exact', { '"2024-02-29"': '2024-02-29', '20240229': null }],
  [
    { type: 'text' },
    { type: 'interval' },
    'exact',
    {
      P1Y2M: '1 year 2 mons',
      'PT-1.5S': '-00:00:01.5',
      '26:30': '26:30:00',
      '1 day': null,
      P: null,
      '5': null,
    },
  ],
  [{ type: 'interval' }, { type: 'text' }, 'exact', { '1 mon': 'P1M', '30 days': 'P30D', '1.5 s': 'PT1.5S' }],
  [
    { type: 'text' },
    { type: 'choices', options: ['a', 'b', 'a, b'] },
    'exact',
    { a: '{a}', 'b,a': '{b,a}', 'a, b': '{"a, b"}', 'a,a': null, c: null, '': null },
  ],
  [{ type: 'choices', options: ['a', 'b'] }, { type: 'text' }, 'lossy', { '{b,a}': 'b, a', '{}': '' }],
  [
    { type: 'choices', options: ['a', 'b'] },
    { type: 'choice', options: ['a', 'b'] },
    'lossy',
    { '{b,a}': 'b', '{}': null },
  ],
  [{ type: 'choices', options: ['a', 'b'] }, { type: 'json' }, 'exact', { '{b,a}': '["b", "a"]' }],
  [
    { type: 'json' },
    { type: 'choices', options: ['a', 'b'] },
    'exact',
    { '["b","a"]': '{b,a}', '["c"]': null, '[1]': null, '"a"': null },
  ],
  [
    { type: 'json' },
    { type: 'point' },
    'exact',
    {
      '{"type":"Point","coordinates":[13.4,52.5]}': '(13.4,52.5)',
      '{"type":"Point","coordinates":[13.4,95]}': null,
      '{"type":"Point","coordinates":[13.4]}': null,
      '[13.4,52.5]': null,
    },
  ],
  [
    { type: 'point' },
    { type: 'json' },
    'exact',
    { '(13.4,52.5)': '{"type": "Point", "coordinates": [13.4, 52.5]}' },
  ],
];

describe('a conversion', () => {
  let parts: Parts;
  const convert = async (from: Field, expression: string, value: string | null, type: string) => {
    const [row] = await parts.sql(
      `select (${expression})::${type}::text as converted from (select $1::${specOf(from).columnType(from)} as a) as t`,
      [value],
    );
    return row?.['converted'] ?? null;
  };
  const forward = (from: Field, to: Field, value: string | null, options?: ConversionOptions) => {
    const sql = fieldConversion(from, to, options)?.forward('t.a') ?? 'null';
    return convert(from, sql, value, specOf(to).columnType(to));
  };

  beforeAll(async () => {
    parts = await startParts();
    await parts.sql("set timezone = 'UTC'");
  });
  afterAll(() => parts.stop());

  test.each(PAIRS.map(([from, to, fidelity, values]) => ({ from, to, fidelity, values })))(
    'from $from.type to $to.type is $fidelity, and refuses what it would change otherwise',
    async ({ from, to, fidelity, values }) => {
      const [a, b] = [fieldOf('a', from), fieldOf('b', to)];
      const conversion = conversionOf(a, b, null);
      expect(conversion?.fidelity).toBe(fidelity);
      for (const [value, converted] of Object.entries(values)) {
        expect([value, await forward(a, b, value)]).toEqual([value, converted]);
      }
      expect(await forward(a, b, null)).toBeNull();
    },
  );

  test.each<[FieldShape, FieldShape]>([
    [{ type: 'date' }, { type: 'boolean' }],
    [{ type: 'integer' }, { type: 'date' }],
    [{ type: 'uuid' }, { type: 'integer' }],
    [{ type: 'integer' }, { type: 'email' }],
    [{ type: 'time' }, { type: 'timestamp' }],
  ])('that nobody would expect is not there: %o to %o', (from, to) => {
    expect(conversionOf(fieldOf('a', from), fieldOf('b', to), null)).toBeNull();
  });

  test('of values that do not fit gives none, or a given value, where the request says so', async () => {
    const [a, b] = [fieldOf('a', { type: 'text' }), fieldOf('b', { type: 'integer' })];
    expect(await forward(a, b, 'x', { onError: 'null' })).toBeNull();
    expect(await forward(a, b, 'x', { onError: { default: 1900 } })).toBe('1900');
    expect(await forward(a, b, '7', { onError: { default: 1900 } })).toBe('7');
    expect(await forward(a, b, null, { onError: { default: 1900 } })).toBeNull();
  });

  test('of values that a map names gives what it says, null included', async () => {
    const [a, b] = [fieldOf('a', { type: 'text' }), fieldOf('b', { type: 'integer' })];
    const map = { "it's": 1, 'n/a': null, '7': 8 };
    expect(await forward(a, b, "it's", { map })).toBe('1');
    expect(await forward(a, b, 'n/a', { map, onError: { default: 5 } })).toBeNull();
    expect(await forward(a, b, '7', { map })).toBe('8');
    expect(await forward(a, b, '9', { map })).toBe('9');
    const back = fieldConversion(a, b, { map })?.back('t.a') ?? '';
    expect(await convert(b, back, '1', 'text')).toBe("it's");
    expect(await convert(b, back, '9', 'text')).toBe('9');
  });

  test('that is exact comes back as the same value', async () => {
    const roundTrips: readonly (readonly [FieldShape, FieldShape, fc.Arbitrary<string>])[] = [
      [{ type: 'integer' }, { type: 'text' }, fc.integer().map(String)],
      [
        { type: 'bigint' },
        { type: 'json' },
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
      ],
      [
        { type: 'float' },
        any,
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => String(n === 0 ? 0 : n)),
      ],
      [
        { type: 'float' },
        { type: 'text' },
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => String(n === 0 ? 0 : n)),
      ],
      [
        { type: 'timestamp' },
        { type: 'text' },
        fc
          .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
          .map((d) => d.toISOString()),
      ],
      [{ type: 'boolean' }, { type: 'text' }, fc.boolean().map(String)],
    ];
    for (const [from, to, values] of roundTrips) {
      const [a, b] = [fieldOf('a', from), fieldOf('b', to)];
      const there = fieldConversion(a, b)?.forward('t.a') ?? 'null';
      const back = fieldConversion(b, a)?.forward('c.b') ?? 'null';
      const type = specOf(a).columnType(a);
      const sample = fc.sample(values, { numRuns: 200, seed: 3 });
      const rows = await parts.sql(
        `select c.a::text as value from (
          select t.a, (${there}) as b from (select unnest($1::text[])::${type} as a) as t
        ) as c where (${back}) is distinct from c.a`,
        [sample],
      );
      expect(rows).toEqual([]);
    }
  });
});
