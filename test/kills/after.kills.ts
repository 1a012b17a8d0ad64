import { afterAll, beforeAll, expect, test } from 'vitest';
import { Kills } from '../faults/kills.ts';
import { ALIGNMENT, scenarioOf } from '../faults/scenarios.ts';
import { OPERATIONS } from '../operations/operations.ts';

let kills: Kills;
beforeAll(async () => {
  kills = await Kills.start(ALIGNMENT);
});
afterAll(() => kills.stop());

test.each(OPERATIONS.map((operation, n) => ({ ...operation, n })))(
  '$name: a migrator that is killed right after any of its requests ends as one that is not disturbed',
  { timeout: 300_000 },
  async ({ n: place, ...operation }) => {
    const runs = kills.of(scenarioOf(operation), `op${place}x`);
    const { requests, ...undisturbed } = await runs.undisturbed();
    expect(undisturbed.status).toBe('done');
    for (let n = 1; n <= requests; n++) {
      expect({ n, ...(await runs.killed(n, 'after')) }).toEqual({ n, ...undisturbed });
    }
  },
);
