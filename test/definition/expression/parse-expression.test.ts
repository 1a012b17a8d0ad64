import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExpressionError, nodesOf } from '../../../src/definition/expression/expression.ts';
import { parseExpression } from '../../../src/definition/expression/parse-expression.ts';
import { printExpression } from '../../../src/definition/expression/print-expression.ts';
import { shapeOf, trees } from './trees.ts';

const read = (text: string) => printExpression(parseExpression(text, 'names'));

function refusal(text: string): { readonly at: number; readonly message: string } {
  try {
    parseExpression(text, 'names');
  } catch (error) {
    if (error instanceof ExpressionError) return { at: error.at, message: error.message };
    throw error;
  }
  throw new Error(`${text} was read`);
}

describe('the text of an expression', () => {
  test('printing any expression and reading it again gives the same expression', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        fc.pre(nodesOf(tree).length <= 500);
        expect(shapeOf(parseExpression(printExpression(tree), 'ids'))).toEqual(shapeOf(tree));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['price*quantity', 'price * quantity'],
    ['1+2*3-4', '1 + 2 * 3 - 4'],
    ['a - (b - c)', 'a - (b - c)'],
    ['(a - b) - c', 'a - b - c'],
    ['-a * -(b + 1)', '-a * -(b + 1)'],
    ['--a', '-(-a)'],
    ['a -- b', 'a - -b'],
    ["first || ' ' || last", "first || ' ' || last"],
    ["'it''s'", "'it''s'"],
    ['a AND NOT b OR c', 'a and not b or c'],
    ['not a = b', 'not a = b'],
    ['(not a) = b', '(not a) = b'],
    ['a <> b', 'a != b'],
    ['a + 1 is not null', 'a + 1 is not null'],
    ['IF(a > 1, 2, 3)', 'if(a > 1, 2, 3)'],
    ['if(a, 1)', 'if(a, 1)'],
    ['case when a then 1 else 2 end', 'if(a, 1, 2)'],
    ["case when a then 'x' when b then 'y' end", "case when a then 'x' when b then 'y' end"],
    ['"end" - "case"', '"end" - "case"'],
    ['"price"', 'price'],
    ['year(year)', 'year(year)'],
    ['007.50', '7.50'],
    ['  a\n+\tb ', 'a + b'],
  ])('%s is the same as %s', (text, canonical) => {
    expect(read(text)).toBe(canonical);
    expect(read(canonical)).toBe(canonical);
  });

  test.each([
    ['', 1, 'found the end where a value'],
    ['a +', 4, 'found the end where a value'],
    ['a b', 3, 'found b where an operator or the end'],
    ['a + * b', 5, 'found * where a value'],
    ["'open", 1, 'does not end'],
    ["a || 'x' 'y'", 10, "found 'y' where an operator"],
    ['a = "B"', 5, 'single quotes'],
    ['a ; drop', 3, '; has no meaning'],
    ['a /* comment */', 4, 'found * where a value'],
    ['a::integer', 2, ': has no meaning'],
    ['$1', 1, '$ has no meaning'],
    ['😀', 1, '😀 has no meaning'],
    ['{0123456789abcdef0123}', 1, 'a field by its name'],
    ['a < b < c', 7, 'do not chain'],
    ['a is 1', 6, 'found 1 where null'],
    ['(a', 3, 'found the end where )'],
    ['round(a,', 9, 'found the end where a value'],
    ['if(a)', 1, 'if takes'],
    ['if(a, 1, 2, 3)', 1, 'if takes'],
    ['case a when 1 then 2 end', 6, 'found a where when'],
    ['case when a 1 end', 13, 'found 1 where then'],
    ['case when a then 1', 19, 'found the end where when, else or end'],
    ['end', 1, 'found end where a value'],
  ])('%j is refused at character %i', (text, at, message) => {
    const found = refusal(text);
    expect(found).toMatchObject({ at });
    expect(found.message).toContain(message);
  });

  test('nesting and length beyond any reader are refused before they can do harm', () => {
    expect(refusal(`${'('.repeat(4000)}a`).message).toContain('nested too deeply');
    expect(refusal(`${'-'.repeat(4000)}a`).message).toContain('nested too deeply');
    expect(refusal(`${'not '.repeat(1000)}a`).message).toContain('nested too deeply');
    expect(refusal(`a${' + a'.repeat(1000)}`).message).toContain('has more than 500 parts');
  });
});
