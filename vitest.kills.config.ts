import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

/** Every operation, killed at each of its requests: far too many runs for each commit. */
export default defineConfig({ test: { ...config.test, include: ['test/kills/*.kills.ts'] } });
