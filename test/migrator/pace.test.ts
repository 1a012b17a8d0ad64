import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FIRST_PACE, nextPace, type Pace } from '../../src/migrator/pace.ts';

/** A table on which a key takes so many milliseconds, and a batch so many more. */
function paces(count: number, batch: (pace: Pace) => Parameters<typeof nextPace>[1]): readonly Pace[] {
  const all = [FIRST_PACE];
  for (let n = 0; n < count; n++) {
    const last = all.at(-1) ?? FIRST_PACE;
    all.push(nextPace(last, batch(last)));
  }
  return all;
}

describe('the pace of a backfill', () => {
  test('comes to batches of about 30 ms, whatever a row takes', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.002, max: 0.55, noNaN: true }),
        fc.integer({ min: 0, max: 2 }),
        (perKey, fixed) => {
          const took = ({ size }: Pace) => fixed + size * perKey;
          const settled = paces(20, (pace) => ({ tookMs: took(pace), isReplicaBehind: false })).slice(-5);
          for (const pace of settled) {
            expect(took(pace)).toBeGreaterThan(24);
            expect(took(pace)).toBeLessThan(36);
            expect(pace.pauseMs).toBe(0);
          }
        },
      ),
    );
  });

  test('stays within its bounds, and never rests longer than the batch took, but for a replica', () => {
    const batch = fc.record({
      tookMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
      isReplicaBehind: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1 }), (batches) => {
        let pace = FIRST_PACE;
        for (const one of batches) {
          pace = nextPace(pace, one);
          expect(Number.isInteger(pace.size)).toBe(true);
          expect(pace.size).toBeGreaterThanOrEqual(50);
          expect(pace.size).toBeLessThanOrEqual(20_000);
          expect(pace.pauseMs).toBeLessThanOrEqual(Math.max(one.tookMs, one.isReplicaBehind ? 8000 : 0));
        }
      }),
    );
  });

  test('leaves as long as it took to others where a batch took much longer than the one before', () => {
    const [, calm] = paces(1, () => ({ tookMs: 30, isReplicaBehind: false }));
    const slow = nextPace(calm ?? FIRST_PACE, { tookMs: 450, isReplicaBehind: false });
    expect(slow.pauseMs).toBe(450);
    expect(slow.size).toBeLessThan(calm?.size ?? 0);
  });

  test('rests longer and longer while a replica stays behind, up to a bound, and no more once it is not', () => {
    const behind = paces(8, () => ({ tookMs: 30, isReplicaBehind: true })).map(({ pauseMs }) => pauseMs);
    expect(behind).toEqual([0, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000]);
    const last: Pace = { size: 1000, pauseMs: 8000, replicaPauseMs: 8000 };
    expect(nextPace(last, { tookMs: 30, isReplicaBehind: false }).pauseMs).toBe(0);
  });
});
