import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

/** What people see, in a real Chromium, over the system as `npm start` runs it. */
export default defineConfig({
  test: { ...config.test, include: ['test/browser/*.browser.ts'], maxWorkers: 1 },
});
