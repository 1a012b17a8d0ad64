import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsAround, boxesOf, type Position } from '../../src/definition/values/earth.ts';

const positions: fc.Arbitrary<Position> = fc.tuple(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.double({ min: -90, max: 90, noNaN: true }),
);
const RADIANS = Math.PI / 180;

/** By the law of cosines, which is another formula than the one of the system. */
function metres([aLon, aLat]: Position, [bLon, bLat]: Position): number {
  const cosine =
    Math.sin(aLat * RADIANS) * Math.sin(bLat * RADIANS) +
    Math.cos(aLat * RADIANS) * Math.cos(bLat * RADIANS) * Math.cos((bLon - aLon) * RADIANS);
  return 6_371_008.8 * Math.acos(Math.max(-1, Math.min(1, cosine)));
}

describe('the bounds around a place', () => {
  test('hold all that is as near as that', () => {
    fc.assert(
      fc.property(positions, positions, fc.double({ min: 0, max: 1, noNaN: true }), (place, other, slack) => {
        const [west, south, east, north] = boundsAround(place, metres(place, other) * (1 + slack) + 1);
        expect(other[0]).toBeGreaterThanOrEqual(west);
        expect(other[0]).toBeLessThanOrEqual(east);
        expect(other[1]).toBeGreaterThanOrEqual(south);
        expect(other[1]).toBeLessThanOrEqual(north);
      }),
      { numRuns: 2000 },
    );
  });

  test('are not much larger', () => {
    const [west, south, east, north] = boundsAround([13.4, 52.5], 1000);
    expect(metres([west, 52.5], [east, 52.5])).toBeLessThan(2010);
    expect(metres([13.4, south], [13.4, north])).toBeLessThan(2010);
  });
});

test('bounds that cross the 180th meridian are two boxes', () => {
  expect(boxesOf([170, -10, -170, 10])).toEqual([
    [170, -10, 180, 10],
    [-180, -10, -170, 10],
  ]);
  expect(boxesOf([-10, -10, 10, 10])).toEqual([[-10, -10, 10, 10]]);
});
