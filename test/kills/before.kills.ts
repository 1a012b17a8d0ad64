import { test } from 'vitest';
import { killAtEach } from '../faults/every-request.ts';
import { SCENARIOS } from './part.ts';

test.for(SCENARIOS)(
  '%s: a migrator that is killed right before any of its requests ends as one that is not disturbed',
  { timeout: 3_600_000 },
  async ([, scenario], { task }) => {
    task.meta.runs = await killAtEach(scenario, 'before');
  },
);
