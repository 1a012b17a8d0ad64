import fc, { type Arbitrary } from 'fast-check';

/** Texts that have broken programs before. */
const TEXTS = [
  '',
  ' ',
  '\0',
  '\u2028',
  '\ud800',
  "' or 1=1 --",
  '"; drop table x; --',
  '{"_eq":1}',
  '[]',
  'null',
  '__proto__',
  'constructor',
  '-',
  '.',
  '..',
  '%00',
  '%ff',
  '1e999999',
  'NaN',
  '9223372036854775808',
  '-1',
  '0001-01-01T00:00:00+15:59',
  '💥'.repeat(50),
  'a'.repeat(5000),
];

export const wildTexts: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

export const wildValues: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1e308, 2 ** 53, 2 ** 31, 0.1, [], {}, [[]], [null], { constructor: 1 }),
  wildTexts,
  fc.jsonValue({ maxDepth: 4 }),
);

/** A value with something wrong in one place: replaced, taken away, or one too many. */
export function nearly(value: unknown): Arbitrary<unknown> {
  if (Array.isArray(value)) {
    if (value.length === 0) return fc.oneof(wildValues, fc.constant([null]));
    return fc.oneof(
      wildValues,
      fc.constant([...value, value[0]]),
      fc.nat(value.length - 1).chain((n) => nearly(value[n]).map((other) => value.with(n, other))),
    );
  }
  if (typeof value !== 'object' || value === null) return wildValues;
  const names = Object.keys(value);
  const wildMember = fc
    .tuple(fc.oneof(wildTexts, fc.constantFrom('id', '_or', 'title')), wildValues)
    .map(([name, member]) => ({ ...value, [name]: member }));
  if (names.length === 0) return fc.oneof(wildValues, wildMember);
  return fc.oneof(
    { weight: 1, arbitrary: wildValues },
    { weight: 2, arbitrary: wildMember },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...names).map((name) => {
        const { [name]: _gone, ...rest }: Record<string, unknown> = { ...value };
        return rest;
      }),
    },
    {
      weight: 5,
      arbitrary: fc
        .constantFrom(...names)
        .chain((name) => nearly(Object(value)[name]).map((member) => ({ ...value, [name]: member }))),
    },
  );
}
