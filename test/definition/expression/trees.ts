import fc from 'fast-check';
import type { Expression } from '../../../src/definition/expression/expression.ts';

const at = 1;

/** A number as the language writes it. */
export const numberText = fc.oneof(
  fc.integer({ min: 0, max: 120 }).map(String),
  fc.constantFrom(
    '2147483647',
    '2147483648',
    '9223372036854775807',
    '9223372036854775808',
    '0.5',
    '1.50',
    '12.345',
  ),
);

/** Expressions of any shape, whether or not their types fit. */
export const trees: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    numberText.map((text): Expression => ({ kind: 'number', text, at })),
    fc.string({ unit: 'grapheme' }).map((value): Expression => ({ kind: 'text', value, at })),
    fc.boolean().map((value): Expression => ({ kind: 'boolean', value, at })),
    fc.constant<Expression>({ kind: 'null', at }),
    fc
      .oneof(fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/), fc.constantFrom('end', 'case', 'not', 'is', 'year'))
      .map((value): Expression => ({ kind: 'field', field: { by: 'name', value }, at })),
    fc
      .stringMatching(/^[0-9a-f]{20}$/)
      .map((value): Expression => ({ kind: 'field', field: { by: 'id', value }, at })),
    fc
      .tuple(fc.constantFrom('-' as const, 'not' as const), tie('node'))
      .map(([operator, operand]): Expression => ({ kind: 'unary', operator, operand, at })),
    fc
      .tuple(
        fc.constantFrom(
          ...(['or', 'and', '=', '!=', '<', '<=', '>', '>=', '||', '+', '-', '*', '/', '%'] as const),
        ),
        tie('node'),
        tie('node'),
      )
      .map(([operator, left, right]): Expression => ({ kind: 'binary', operator, left, right, at })),
    fc
      .tuple(tie('node'), fc.boolean())
      .map(([operand, negated]): Expression => ({ kind: 'isNull', operand, negated, at })),
    fc
      .tuple(
        fc.array(fc.record({ when: tie('node'), result: tie('node') }), { minLength: 1, maxLength: 3 }),
        fc.option(tie('node')),
      )
      .map(([branches, otherwise]): Expression => ({ kind: 'case', branches, otherwise, at })),
    fc
      .tuple(fc.constantFrom('round', 'coalesce', 'nonsense'), fc.array(tie('node'), { maxLength: 3 }))
      .map(([name, parameters]): Expression => ({ kind: 'call', name, parameters, at })),
  ),
})).node;

/** A tree without the places of its nodes in a text. */
export function shapeOf(tree: Expression): unknown {
  return JSON.parse(JSON.stringify(tree, (key, value) => (key === 'at' ? undefined : value)));
}
