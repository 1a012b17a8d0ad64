import { test } from 'vitest';
import { killAtEach } from './every-request.ts';
import { EVERY_STEP } from './scenarios.ts';

/** A few minutes are enough here: `npm run test:kills` takes each request, before and after, of every operation. */
const STRIDE = 4;

test.for(Object.entries(EVERY_STEP))(
  '%s: a migrator that is killed right after one of its requests ends as one that is not disturbed',
  { timeout: 900_000 },
  async ([, scenario]) => {
    await killAtEach(scenario, 'after', STRIDE);
  },
);
