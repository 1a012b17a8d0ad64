import type { BinaryOperator } from './expression.ts';

/** Binary operators from the loosest to the tightest; the parser and the printer agree by this list. */
export const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['=', '!=', '<', '<=', '>', '>='],
  ['||'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Where comparisons and `is null` stand, which do not chain; `not` binds just looser than they do. */
export const COMPARISON_LEVEL = 2;
