import { test } from 'vitest';
import { cancelAtEach } from '../faults/every-request.ts';
import { EVERY_SCENARIO } from '../faults/scenarios.ts';

test.for(Object.entries(EVERY_SCENARIO))(
  '%s: cancelled before any request of the migrator, it leaves nothing behind, or is published already',
  { timeout: 3_600_000 },
  async ([, scenario], { task }) => {
    task.meta.runs = await cancelAtEach(scenario);
  },
);
