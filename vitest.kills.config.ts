import { defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/node';
import config from './vitest.config.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** How often a scenario was run, each time with another request of the migrator disturbed. */
    runs?: number;
  }
}

let all = 0;

/** A line for each scenario as it ends, for all of them take a while. */
const progress: Reporter = {
  onTestCaseResult(test) {
    if (test.result().state === 'skipped') return;
    const { runs = 0 } = test.meta();
    const seconds = Math.round((test.diagnostic()?.duration ?? 0) / 1000);
    all += runs;
    console.log(
      `${new Date().toISOString()} ${test.result().state}: ${test.module.relativeModuleId} ${test.name}: ${runs} runs, ${seconds} s; ${all} in all`,
    );
  },
};

/** Into so many parts the scenarios are dealt. */
const PARTS = 4;

/**
 * Every operation, disturbed at each of its requests: far too many runs for each commit. Each file is one way of
 * disturbing; more of them at once than there are processors, for they wait for Postgres.
 */
export default defineConfig({
  test: {
    projects: Array.from({ length: PARTS }, (_, n) => ({
      test: {
        ...config.test,
        name: `part ${n + 1}`,
        include: ['test/kills/*.kills.ts'],
        provide: { part: { n, of: PARTS } },
      },
    })),
    maxWorkers: 8,
    reporters: ['default', progress],
  },
});
