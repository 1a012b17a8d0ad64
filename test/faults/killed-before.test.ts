import { afterAll, beforeAll, expect, test } from 'vitest';
import { Kills } from './kills.ts';
import { EVERY_STEP } from './scenarios.ts';

let kills: Kills;
beforeAll(async () => {
  kills = await Kills.start(EVERY_STEP);
});
afterAll(() => kills.stop());

test('a migrator that is killed right before any of its requests ends as one that is not disturbed', {
  timeout: 300_000,
}, async () => {
  const { requests, ...undisturbed } = await kills.undisturbed();
  expect(undisturbed.status).toBe('done');
  expect(requests).toBeGreaterThan(100);
  for (let n = 1; n <= requests; n++) {
    expect({ n, ...(await kills.killed(n, 'before')) }).toEqual({ n, ...undisturbed });
  }
});
