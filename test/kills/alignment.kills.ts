import { afterAll, beforeAll, expect, test } from 'vitest';
import { Kills } from '../faults/kills.ts';
import { ALIGNMENT } from '../faults/scenarios.ts';

let kills: Kills;
beforeAll(async () => {
  kills = await Kills.start(ALIGNMENT);
});
afterAll(() => kills.stop());

test.each(['before', 'after'] as const)(
  'an alignment in two changes, of which the migrator is killed right %s any request, ends as an undisturbed one',
  { timeout: 600_000 },
  async (side) => {
    const runs = kills.of(ALIGNMENT, `${side}x`);
    const { requests, ...undisturbed } = await runs.undisturbed();
    expect(undisturbed).toMatchObject({
      status: 'done',
      state: {
        models: [
          { name: 'film', versions: [1, 2, 3, 4] },
          { name: 'review', versions: [1] },
        ],
      },
    });
    for (let n = 1; n <= requests; n++) {
      expect({ n, ...(await runs.killed(n, side)) }).toEqual({ n, ...undisturbed });
    }
  },
);
