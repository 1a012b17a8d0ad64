import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresPattern, refusePattern } from '../../src/definition/pattern.ts';
import { type Parts, startParts } from '../stack/parts.ts';

const ATOMS = [
  'a',
  'b',
  '-',
  '_',
  '\\.',
  '\\\\',
  '.',
  '\\d',
  '\\W',
  '\\s',
  '[ab]',
  '[^a]',
  '[a-c-]',
  '[\\\\a]',
  '[\\]1]',
  '[\\d_^]',
  'é',
  '🎬',
  '\\{',
  '"',
  "'",
  '%',
  '^',
  '$',
];
const QUANTIFIERS = ['', '', '', '*', '+', '?', '{2}', '{0,2}', '{1,}'];

/** Patterns of the grammar; those among them that the grammar refuses stay out. */
const patterns = fc
  .letrec<{ sequence: string; atom: string }>((tie) => ({
    sequence: fc
      .array(fc.tuple(tie('atom'), fc.constantFrom(...QUANTIFIERS)), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.map((part) => part.join('')).join('')),
    atom: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...ATOMS),
      fc.tuple(tie('sequence'), tie('sequence')).map(([a, b]) => `(${a}|${b})`),
      tie('sequence').map((inner) => `(?:${inner})`),
    ),
  }))
  .sequence.filter((pattern) => refusePattern(pattern) === undefined);

const subjects = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'c',
    '-',
    '_',
    '.',
    '\\',
    '1',
    ' ',
    '\n',
    '\u00a0',
    '^',
    '{',
    '"',
    "'",
    '%',
    'é',
    '🎬',
    'é',
  ),
  maxLength: 6,
});

describe('a pattern', () => {
  let parts: Parts;
  beforeAll(async () => {
    parts = await startParts();
  });
  afterAll(() => parts.stop());

  test('matches in Postgres what it matches in JavaScript', async () => {
    const pairs = fc.sample(fc.tuple(patterns, fc.array(subjects, { minLength: 8, maxLength: 8 })), {
      numRuns: 600,
      seed: 7,
    });
    const cases = pairs.flatMap(([pattern, texts]) => ['', ...texts].map((text) => ({ pattern, text })));
    const rows = await parts.sql(
      'select c.text ~ c.pattern as matches from unnest($1::text[], $2::text[]) with ordinality as c (text, pattern, n) order by c.n',
      [cases.map(({ text }) => text), cases.map(({ pattern }) => postgresPattern(pattern))],
    );
    const inJavaScript = cases.map(({ pattern, text }) => new RegExp(pattern, 'u').test(text));
    expect(inJavaScript.filter(Boolean).length).toBeGreaterThan(500);
    expect(inJavaScript.filter((matches) => !matches).length).toBeGreaterThan(500);
    const different = cases.filter((_case, n) => rows[n]?.['matches'] !== inJavaScript[n]);
    expect(different).toEqual([]);
  });

  test.each(['^[A-Z]{2}-[0-9]+$', 'a|b|', '(?:x(y|z)?)+', '\\w+@\\w+', '\\(', '[\\]\\-^]', '', 'a{255}'])(
    'may be %s',
    (pattern) => {
      expect(refusePattern(pattern)).toBeUndefined();
      expect(() => new RegExp(pattern, 'u')).not.toThrow();
    },
  );

  test.each([
    ['(', 'closed'],
    [')', 'closes nothing'],
    ['[', 'too early'],
    ['[]', 'empty class'],
    ['a{', 'quantifier'],
    ['a{256}', '255'],
    ['a{2,1}', ''],
    ['*', ''],
    ['a**', ''],
    ['(?:a{255}){255}', 'repeats too much'],
    ['(?:(?:a?){0,255}b{8,}){9}', 'repeats too much'],
    ['a+?', 'lazy'],
    ['(a+)+', 'for ever'],
    ['(?:(a*)b*)*', 'for ever'],
    ['(?=a)', 'look around'],
    ['(?<n>a)', 'look around'],
    ['(a)\\1', '\\1'],
    ['\\b', '\\b'],
    ['\\p{L}', '\\p'],
    ['[b-a]', ''],
    ['\\', 'too early'],
    ['\0', 'NUL'],
    ['\ud800', 'NUL'],
    ['a'.repeat(501), '500'],
    ['('.repeat(21) + ')'.repeat(21), '20 deep'],
  ])('is not %j', (pattern, reason) => {
    expect(refusePattern(pattern)).toContain(reason);
    expect(() => postgresPattern(pattern)).toThrow();
  });

  test('is refused with a reason, and with no other error, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?^$.\\-,12dws:=<!'), maxLength: 12 }),
        (text) => {
          const reason = refusePattern(text);
          if (reason === undefined) expect(() => new RegExp(text, 'u')).not.toThrow();
          else expect(reason).not.toBe('');
        },
      ),
    );
  });
});
