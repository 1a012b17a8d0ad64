import { test } from 'vitest';
import { killAtEach } from './every-request.ts';
import { EVERY_STEP } from './scenarios.ts';

// Right after a request is right before the next one, for a migrator that keeps nothing: `npm run test:kills` does both.
test.for(Object.entries(EVERY_STEP))(
  '%s: a migrator that is killed right after any of its requests ends as one that is not disturbed',
  { timeout: 900_000 },
  async ([, scenario]) => {
    await killAtEach(scenario, 'after');
  },
);
