import { test } from 'vitest';
import { killPurges } from './purges.ts';

/** A few are enough here: `npm run test:kills` takes each request. */
test.for([
  ['trash', 5],
  ['workspace', 11],
] as const)(
  'a purge (%s): a migrator that is killed right before one of its requests ends as one that is not disturbed',
  { timeout: 300_000 },
  async ([kind, stride]) => {
    await killPurges(kind, 3, stride);
  },
);
