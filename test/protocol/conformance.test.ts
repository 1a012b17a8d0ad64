import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';
import { ModelSystem } from './model-system.ts';
import { RealSystem } from './real-system.ts';
import { type Move, replay, SCHEDULE } from './replay.ts';

let stack: InProcess;
let runs = 0;
beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '3600' });
});
afterAll(() => stack.stop());

async function compare(schedule: readonly Move[]): Promise<void> {
  runs += 1;
  const real = await RealSystem.start(stack, `replay${runs}`);
  const model = new ModelSystem();
  for (const move of schedule) {
    await replay(model, real, move);
    expect(await real.observe()).toEqual(model.observe());
  }
}

describe('the model of the protocol', () => {
  test('does what the real system does, whatever happens to both', { timeout: 300_000 }, async () => {
    await fc.assert(fc.asyncProperty(SCHEDULE, compare), { numRuns: 24, endOnFailure: true });
  });
});
