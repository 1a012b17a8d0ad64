import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createDatabase } from '../local/database.ts';
import { type Stack, startStack } from '../local/stack.ts';
import { bundleWorker } from '../test/stack/worker-bundle.ts';
import { childrenNamed } from './cpu.ts';
import { progress } from './report.ts';
import { startWorkerd, type Workerd } from './workerd.ts';

/** What the Workers that are measured stand on: Postgres and Redis behind their proxies, and a database. */
export interface BenchSystem {
  readonly stack: Stack;
  readonly ownerUrl: string;
  /** SQL as the owner, past the proxies. */
  readonly sql: pg.Client;
  /** Postgres' first process. */
  readonly postgresPid: number;
  /** What every request to Remodel carries. */
  readonly headers: Readonly<Record<string, string>>;
  startRemodel(bindings?: Readonly<Record<string, string>>): Promise<Workerd>;
  startWorker(entry: string): Promise<Workerd>;
  /** Something that ends with the system, before all that was there ahead of it. */
  onStop(undo: () => unknown): void;
  stop(): Promise<void>;
}

const ROOT_TOKEN = 'bench-root-token';

/** Starts it, or throws with nothing left running. */
export async function startBenchSystem(options: {
  readonly durable: boolean;
  readonly graceSeconds: number;
}): Promise<BenchSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'remodel-bench-'));
  const undo: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (let last = undo.pop(); last; last = undo.pop()) await last();
  };
  try {
    progress('starting Postgres, Redis and the proxies');
    const stack = await startStack({ dataDir: folder, durable: options.durable });
    undo.push(stack.stop);
    const [postgresPid] = childrenNamed('postgres');
    if (postgresPid === undefined) throw new Error('Postgres is no child of this process');
    const urls = await createDatabase(stack.postgres, 'bench');
    const sql = new pg.Client({ connectionString: urls.owner });
    await sql.connect();
    undo.push(() => sql.end());
    const common = {
      ...stack.bindings(urls),
      ROOT_TOKEN,
      GRACE_SECONDS: String(options.graceSeconds),
    };
    const bundles = new Map<string, string>();
    const start = async (entry: string, bindings: Readonly<Record<string, string>>) => {
      const path = bundles.get(entry) ?? join(folder, `${bundles.size}.mjs`);
      if (!bundles.has(entry)) await bundleWorker(fileURLToPath(new URL(entry, import.meta.url)), path);
      bundles.set(entry, path);
      const workerd = await startWorkerd(path, { ...common, ...bindings });
      undo.push(workerd.stop);
      return workerd;
    };
    return {
      stack,
      ownerUrl: urls.owner,
      sql,
      postgresPid,
      headers: { Authorization: `Bearer ${ROOT_TOKEN}` },
      startRemodel: (bindings = {}) => start('../functions/index.ts', bindings),
      startWorker: (entry) => start(entry, {}),
      onStop: (last) => void undo.push(last),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
