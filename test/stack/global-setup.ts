import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { createDatabase } from '../../local/database.ts';
import { startPostgres } from '../../local/postgres.ts';
import { bundleWorker } from './worker-bundle.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The port, and the owner's connection string of the template. */
    postgres: { port: number; template: string };
    workerPath: string;
  }
}

/** The database that every test's own is copied from. */
export const TEMPLATE = 'remodel_template';

/** One Postgres and one bundle for all test files; each file has databases, proxies and a Redis of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'remodel-test-'));
  const workerPath = join(folder, 'worker.mjs');
  const entry = fileURLToPath(new URL('../../functions/index.ts', import.meta.url));
  const [postgres] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), durable: false }),
    bundleWorker(entry, workerPath),
  ]);
  await createDatabase(postgres, TEMPLATE);
  project.provide('postgres', { port: postgres.port, template: postgres.ownerUrl(TEMPLATE) });
  project.provide('workerPath', workerPath);
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
