import { afterAll, beforeAll, expect, test } from 'vitest';
import { Kills } from './kills.ts';
import { ALIGNMENT, EVERY_STEP } from './scenarios.ts';

let stack: Kills;
beforeAll(async () => {
  stack = await Kills.start(ALIGNMENT);
});
afterAll(() => stack.stop());

/** The models and the database, without the records of the changes that led there. */
function withoutChanges(state: object): object {
  const { changes: _changes, steps: _steps, ...rest } = { ...state } as Record<string, unknown>;
  return rest;
}

test.each(Object.entries(EVERY_STEP).map(([name, scenario], place) => ({ name, scenario, place })))(
  'a change $name that is cancelled before any request of the migrator leaves nothing behind, or is published already',
  { timeout: 900_000 },
  async ({ scenario, place }) => {
    const kills = stack.of(scenario, `s${place}x`);
    const { requests, ...undisturbed } = await kills.undisturbed();
    const untouched = withoutChanges(await kills.untouched());
    const answers: number[] = [];
    const isRefused = (answer: number) => answer === 409;
    // What is published stays published: of the requests after that, some are enough.
    for (let n = 1; n <= requests && answers.filter(isRefused).length < 10; n++) {
      const { answer, status, state } = await kills.cancelled(n);
      answers.push(answer);
      if (isRefused(answer)) expect({ n, status, state }).toEqual({ n, ...undisturbed });
      else {
        expect({ n, status, state: withoutChanges(state) }).toEqual({
          n,
          status: 'cancelled',
          state: untouched,
        });
      }
    }
    // Until the publish it is accepted, from then on refused.
    const accepted = answers.findIndex(isRefused);
    expect(answers.slice(accepted).every(isRefused)).toBe(true);
    expect(new Set(answers)).toEqual(new Set([200, 202, 409]));
  },
);
