import { test } from 'vitest';
import { cancelAtEach } from './every-request.ts';
import { EVERY_STEP } from './scenarios.ts';

test.for(Object.entries(EVERY_STEP))(
  '%s: cancelled before any request of the migrator, it leaves nothing behind, or is published already',
  { timeout: 900_000 },
  async ([, scenario]) => {
    await cancelAtEach(scenario);
  },
);
