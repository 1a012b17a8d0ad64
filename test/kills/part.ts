import { inject } from 'vitest';
import { EVERY_SCENARIO, type Scenario } from '../faults/scenarios.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Which part of the scenarios a run of a file takes, and of how many. */
    part: { n: number; of: number };
  }
}

const { n, of } = inject('part');

/** The scenarios of one part by name: the parts run side by side, as each waits for Postgres most of the time. */
export const SCENARIOS: readonly (readonly [string, Scenario])[] = Object.entries(EVERY_SCENARIO).filter(
  (_, index) => index % of === n,
);
