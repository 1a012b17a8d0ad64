import { test } from 'vitest';
import { cancelAtEach } from '../faults/every-request.ts';
import { SCENARIOS } from './part.ts';

test.for(SCENARIOS)(
  '%s: cancelled before any request of the migrator, it leaves nothing behind, or is published already',
  { timeout: 3_600_000 },
  async ([, scenario], { task }) => {
    task.meta.runs = await cancelAtEach(scenario);
  },
);
