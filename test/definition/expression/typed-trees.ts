import fc from 'fast-check';
import type { BinaryOperator, Expression } from '../../../src/definition/expression/expression.ts';
import type { ValueType } from '../../../src/definition/expression/value-type.ts';
import { numberText } from './trees.ts';

/** The fields that the expressions below are over: name, type, and values as the API takes them. */
export const COLUMNS = {
  i: ['integer', fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer())],
  b: [
    'bigint',
    fc.oneof(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  ],
  d: [
    'decimal',
    fc.tuple(fc.integer(), fc.integer({ min: 0, max: 6 })).map(([n, scale]) => pointed(n, scale)),
  ],
  f: [
    'float',
    fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  ],
  t: [
    'text',
    fc.string({ unit: fc.constantFrom('a', 'B', 'z', '0', "'", '\\', ' ', '\t', '😀', '中'), maxLength: 8 }),
  ],
  s: ['text', fc.constantFrom('a', 'aB', '')],
  ok: ['boolean', fc.boolean()],
  n: ['date', fc.integer({ min: 0, max: 100_000 }).map((day) => isoDay(day))],
  m: ['date', fc.constantFrom('0001-01-01', '2000-02-29', '9999-12-31')],
  u: [
    'uuid',
    fc.constantFrom('00000000-0000-7000-8000-000000000000', '00000000-0000-7000-8000-000000000001'),
  ],
} as const satisfies Record<string, readonly [ValueType, fc.Arbitrary<unknown>]>;

type Name = keyof typeof COLUMNS;

function pointed(n: number, scale: number): string {
  const digits = String(Math.abs(n)).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${n < 0 ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
}

/** The day that many days after 1900-01-01. */
function isoDay(day: number): string {
  return new Date(Date.UTC(1900, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);
}

/** A row: any field may be null. */
export const rows: fc.Arbitrary<Readonly<Record<string, string | null>>> = fc.record(
  Object.fromEntries(
    Object.entries(COLUMNS).map(([name, [, values]]) => [
      name,
      fc.option(
        (values as fc.Arbitrary<unknown>).map((value) => (Object.is(value, -0) ? '-0' : String(value))),
        { freq: 4 },
      ),
    ]),
  ),
);

const at = 1;
const field = (...names: readonly Name[]) =>
  fc.constantFrom(...names).map((value): Expression => ({ kind: 'field', field: { by: 'name', value }, at }));
const call = (name: string, ...parameters: readonly fc.Arbitrary<Expression>[]) =>
  fc.tuple(...parameters).map((all): Expression => ({ kind: 'call', name, parameters: all, at }));
const binary = (
  operators: readonly BinaryOperator[],
  left: fc.Arbitrary<Expression>,
  right: fc.Arbitrary<Expression>,
) =>
  fc
    .tuple(fc.constantFrom(...operators), left, right)
    .map(([operator, a, b]): Expression => ({ kind: 'binary', operator, left: a, right: b, at }));
const unary = (operator: '-' | 'not', operand: fc.Arbitrary<Expression>) =>
  operand.map((node): Expression => ({ kind: 'unary', operator, operand: node, at }));
const number = (text: fc.Arbitrary<string>) =>
  text.map((digits): Expression => ({ kind: 'number', text: digits, at }));
const text = (value: fc.Arbitrary<string>) => value.map((v): Expression => ({ kind: 'text', value: v, at }));
const nothing = fc.constant<Expression>({ kind: 'null', at });

interface Kinds {
  whole: Expression;
  exact: Expression;
  float: Expression;
  text: Expression;
  truth: Expression;
  day: Expression;
}

/** Expressions whose types fit, over all operators and functions. */
export const typedTrees: fc.Arbitrary<Expression> = (() => {
  const kinds = fc.letrec<Kinds>((tie: fc.LetrecTypedTie<Kinds>) => {
    const [whole, exact, float, words, truth, day] = [
      tie('whole'),
      tie('exact'),
      tie('float'),
      tie('text'),
      tie('truth'),
      tie('day'),
    ];
    const any = (of: fc.Arbitrary<Expression>): readonly fc.Arbitrary<Expression>[] => [
      fc
        .tuple(
          fc.array(fc.record({ when: truth, result: fc.oneof({ arbitrary: of, weight: 4 }, nothing) }), {
            minLength: 1,
            maxLength: 2,
          }),
          of,
        )
        .map(([branches, otherwise]): Expression => ({ kind: 'case', branches, otherwise, at })),
      call('coalesce', of, of),
    ];
    const places = fc.oneof(
      field('i'),
      number(numberText.filter((digits) => digits.length < 3)),
      call('length', words),
    );
    const depth = { maxDepth: 4, depthSize: 'small' } as const;
    const compared = (of: fc.Arbitrary<Expression>, other = of) =>
      binary(['=', '!=', '<', '<=', '>', '>='], of, other);
    return {
      whole: fc.oneof(
        depth,
        field('i', 'b'),
        number(fc.integer({ min: 0, max: 9 }).map(String)),
        binary(['+', '-', '*', '%'], whole, whole),
        unary('-', whole),
        call('abs', whole),
        call('integer', exact),
        call('length', words),
        call('greatest', whole, whole),
        binary(['-'], day, day),
        ...['year', 'month', 'day'].map((name) => call(name, day)),
        ...any(whole),
      ),
      exact: fc.oneof(
        depth,
        field('i', 'b', 'd'),
        number(numberText),
        binary(['+', '-', '*', '/', '%'], exact, exact),
        unary('-', exact),
        ...['abs', 'ceil', 'floor', 'round', 'bigint'].map((name) => call(name, exact)),
        call('round', exact, number(fc.integer({ min: 0, max: 6 }).map(String))),
        call('decimal', float),
        ...['greatest', 'least'].map((name) => call(name, exact, exact)),
        ...any(exact),
      ),
      float: fc.oneof(
        depth,
        field('f'),
        binary(['+', '-', '*', '/'], float, fc.oneof(float, exact)),
        unary('-', float),
        ...['abs', 'ceil', 'floor', 'round'].map((name) => call(name, float)),
        call('float', exact),
        ...any(float),
      ),
      text: fc.oneof(
        depth,
        field('t', 's'),
        text(fc.constantFrom('', 'a', "o'clock", '\\', '%_', '中')),
        binary(['||'], words, fc.oneof(words, exact, truth, day, field('u'))),
        call('concat', words, fc.oneof(words, exact, truth)),
        ...['lower', 'upper', 'trim'].map((name) => call(name, words)),
        ...['left', 'right'].map((name) => call(name, words, places)),
        call('replace', words, words, words),
        call('text', exact),
        call('least', words, words),
        ...any(words),
      ),
      truth: fc.oneof(
        depth,
        field('ok'),
        fc.boolean().map((value): Expression => ({ kind: 'boolean', value, at })),
        binary(['and', 'or'], truth, truth),
        unary('not', truth),
        compared(exact),
        compared(float, exact),
        compared(words),
        compared(day),
        binary(['=', '!='], field('u'), field('u')),
        call('contains', words, words),
        fc
          .tuple(fc.oneof(exact, words, truth), fc.boolean())
          .map(([operand, negated]): Expression => ({ kind: 'isNull', operand, negated, at })),
        ...any(truth),
      ),
      day: fc.oneof(
        depth,
        field('n', 'm'),
        text(fc.constantFrom('2026-11-21', '1999-12-31')).chain((value) => call('date', fc.constant(value))),
        binary(['+', '-'], field('n'), number(fc.integer({ min: 0, max: 9999 }).map(String))),
        ...any(day),
      ),
    };
  });
  return fc.oneof(kinds.whole, kinds.exact, kinds.float, kinds.text, kinds.truth, kinds.day);
})();
