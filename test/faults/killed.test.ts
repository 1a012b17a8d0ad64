import { afterAll, beforeAll, expect, test } from 'vitest';
import { Kills } from './kills.ts';
import { ALIGNMENT, EVERY_STEP } from './scenarios.ts';

let kills: Kills;
beforeAll(async () => {
  kills = await Kills.start(ALIGNMENT);
});
afterAll(() => kills.stop());

// Right after a request is right before the next one, for a migrator that keeps nothing: `npm run test:kills` does both.
test.each(Object.entries(EVERY_STEP).map(([name, scenario], place) => ({ name, scenario, place })))(
  'a change $name, whose migrator is killed right after any of its requests, ends as one that is not disturbed',
  { timeout: 600_000 },
  async ({ scenario, place }) => {
    const runs = kills.of(scenario, `s${place}x`);
    const { requests, ...undisturbed } = await runs.undisturbed();
    expect(undisturbed.status).toBe('done');
    expect(requests).toBeGreaterThan(40);
    for (let n = 1; n <= requests; n++) {
      expect({ n, ...(await runs.killed(n, 'after')) }).toEqual({ n, ...undisturbed });
    }
  },
);
