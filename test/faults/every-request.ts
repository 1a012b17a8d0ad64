import { expect, onTestFinished } from 'vitest';
import type { EndState } from '../stack/end-state.ts';
import { Kills } from './kills.ts';
import type { Scenario } from './scenarios.ts';

/**
 * A scenario, as often as the migrator makes requests in it, and each time another one disturbed. Each of these
 * answers how many runs that were.
 */

/**
 * Killed right before or right after a request, the migrator leads to what it does undisturbed. With a `stride`, each
 * so many requests stand for those between.
 */
export async function killAtEach(scenario: Scenario, side: 'before' | 'after', stride = 1): Promise<number> {
  const kills = await start(scenario);
  const { requests, ...undisturbed } = await kills.undisturbed();
  expect(undisturbed.status).toBe('done');
  expect(requests).toBeGreaterThan(30);
  for (let n = 1; n <= requests; n += stride) {
    expect({ n, ...(await kills.killed(n, side)) }).toEqual({ n, ...undisturbed });
  }
  return Math.ceil(requests / stride);
}

/** Cancelled before a request, a change leaves nothing behind; from its publish on it is refused, and goes on. */
export async function cancelAtEach(scenario: Scenario): Promise<number> {
  const kills = await start(scenario);
  const { requests, ...undisturbed } = await kills.undisturbed();
  const untouched = withoutChanges(await kills.untouched());
  const answers: number[] = [];
  const isRefused = (answer: number) => answer === 409;
  // What is published stays published: of the requests after that, some are enough.
  for (let n = 1; n <= requests && answers.filter(isRefused).length < 10; n++) {
    const { answer, ...ending } = await kills.cancelled(n);
    answers.push(answer);
    if (isRefused(answer)) expect({ n, ...ending }).toEqual({ n, ...undisturbed });
    else {
      const { status, state } = ending;
      expect({ n, status, state: withoutChanges(state) }).toEqual({
        n,
        status: 'cancelled',
        state: untouched,
      });
    }
  }
  const accepted = answers.findIndex(isRefused);
  expect(answers.slice(accepted).every(isRefused)).toBe(true);
  expect(new Set(answers)).toEqual(new Set([200, 202, 409]));
  return answers.length;
}

/**
 * Where Postgres refuses a request for the data's sake, the change fails and leaves nothing behind; or it goes on as
 * undisturbed, as nothing is made of the request yet; or it is published without its new rule, which comes with a retry.
 */
export async function refuseEach(scenario: Scenario): Promise<number> {
  const kills = await start(scenario);
  const { requests, ...undisturbed } = await kills.undisturbed();
  const untouched = await kills.untouched();
  for (let n = 1; n <= requests; n++) {
    const { retried, ...ending } = await kills.refused(n);
    const { status, error, state } = ending;
    if (status === 'failed')
      expect({ n, state: withoutChanges(state) }).toEqual({
        n,
        state: withoutChanges(untouched),
      });
    else if (error === null) expect({ n, ...ending }).toEqual({ n, ...undisturbed });
    else {
      expect({ n, error, isHalfEnforced: isHalfEnforced(state, untouched) }).toEqual({
        n,
        error: 'contract_incomplete',
        isHalfEnforced: false,
      });
      expect({ n, ...(await retried()) }).toEqual({ n, ...undisturbed });
    }
  }
  return requests;
}

async function start(scenario: Scenario): Promise<Kills> {
  const kills = await Kills.start(scenario);
  onTestFinished(() => kills.stop());
  return kills;
}

/** The models and the database, without the records of the changes that led there. */
function withoutChanges({ changes: _changes, steps: _steps, ...state }: EndState): object {
  return state;
}

/**
 * A foreign key that says anew what a delete does, or that another column or a join table takes over, is no new rule:
 * without it there would be none. Nor is one that comes back from the trash with its column, from the publish on.
 */
function isHalfEnforced({ indexes, constraints, steps }: EndState, before: EndState): boolean {
  const ruleOf = ({ constraint }: EndState['constraints'][number]) =>
    constraint.replace(/^FOREIGN KEY \(\w+\)/, 'FOREIGN KEY').replace(/ (ON DELETE|NOT VALID).*/, '');
  const rules = before.constraints.map(ruleOf);
  return (
    indexes.some(({ valid }) => !valid) ||
    constraints.some((one) => !one.valid && !rules.includes(ruleOf(one)) && !isReturning(one, steps))
  );
}

function isReturning({ constraint }: EndState['constraints'][number], steps: EndState['steps']): boolean {
  return constraint.startsWith('FOREIGN KEY') && /"restore(Column|Table)"/.test(JSON.stringify(steps));
}
