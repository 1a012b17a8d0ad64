import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALL_RULES, type Rules, Violation } from './rules.ts';
import { play, SCHEDULE } from './schedule.ts';

const TIMEOUT = 300_000;

describe('the protocol', () => {
  test('holds what must hold, in every interleaving', { timeout: TIMEOUT }, async () => {
    const holds = fc.asyncProperty(SCHEDULE, (schedule) => play(schedule, ALL_RULES));
    // To shrink a schedule takes minutes: whoever has one takes `endOnFailure` away, and sets `seed` and `path`.
    await fc.assert(holds, { numRuns: 2000, endOnFailure: true });
  });

  /** Each rule, and the statements that fall with it. */
  test.each<[string, keyof Rules, readonly number[]]>([
    ['grace', 'grace', [1]],
    ['the wait for old transactions', 'oldTransactions', [1]],
    ['the comparison of versions in Redis', 'headsOnlyGrow', [1]],
    ['the comparison of versions in the isolate', 'classesOnlyGrow', [1, 6]],
    ['the head as the last', 'headLast', [2]],
    ['the lock', 'lock', [5]],
    ['the trigger', 'trigger', [3, 7]],
    ['the record in the transaction of its step', 'recordWithStep', [4]],
    ['the old column until contract', 'columnKept', [7]],
    ['the sweep', 'sweep', [8]],
  ])('does not hold without %s', { timeout: TIMEOUT }, async (_name, rule, statements) => {
    const holds = fc.asyncProperty(SCHEDULE, (schedule) => play(schedule, { ...ALL_RULES, [rule]: false }));
    const { errorInstance } = await fc.check(holds, { numRuns: 8000, endOnFailure: true });
    if (!(errorInstance instanceof Violation))
      throw errorInstance ?? new Error('no counterexample was found');
    expect(statements).toContain(errorInstance.statement);
  });
});
