import { test } from 'vitest';
import { refuseEach } from '../faults/every-request.ts';
import { ALIGNMENT } from '../faults/scenarios.ts';
import { SCENARIOS } from './part.ts';

// Of two changes, the second may fail on its own: the names are then those that the first gave.
const ONE_CHANGE = SCENARIOS.filter(([, scenario]) => scenario !== ALIGNMENT);

test.for(ONE_CHANGE)(
  '%s: refused by Postgres at any request of the migrator, it leaves nothing behind, or no rule half enforced',
  { timeout: 3_600_000 },
  async ([, scenario], { task }) => {
    task.meta.runs = await refuseEach(scenario);
  },
);
