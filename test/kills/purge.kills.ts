import { inject, test } from 'vitest';
import { killPurges } from '../faults/purges.ts';

const { n, of } = inject('part');

test.for(['trash', 'workspace'] as const)(
  'a purge (%s): a migrator that is killed right before any of its requests ends as one that is not disturbed',
  { timeout: 3_600_000 },
  async (kind, { task }) => {
    task.meta.runs = await killPurges(kind, n + 1, of);
  },
);
