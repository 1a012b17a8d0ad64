import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createDatabase } from '../local/database.ts';
import { startStack } from '../local/stack.ts';
import type { Traffic } from '../local/traffic.ts';
import { bundleWorker } from '../test/stack/worker-bundle.ts';
import { childrenNamed, familyCpuMilliseconds } from './cpu.ts';
import { LoadGenerator } from './load.ts';
import { MOVIE, movie } from './movie.ts';
import { progress } from './report.ts';
import { CREATE_MOVIES } from './static-table.ts';
import { startWorkerd, type Workerd } from './workerd.ts';

/** One of the Workers that are compared, and where it has the movies. */
export interface Variant {
  readonly name: string;
  readonly workerd: Workerd;
  readonly movies: string;
}

/** Everything that runs while something is measured. */
export interface Setting {
  readonly statics: Variant;
  /** Asks Redis for the head at each read. */
  readonly remodel: Variant;
  /** Uses a head again for `HASH_TTL_MS`. */
  readonly reusing: Variant;
  readonly variants: readonly Variant[];
  readonly traffic: Traffic;
  /** Spent by Postgres, all its processes, since it began. */
  postgresCpuMilliseconds(): number;
  readonly load: LoadGenerator;
  readonly headers: Readonly<Record<string, string>>;
  /** Of movies that both tables have. */
  readonly ids: readonly string[];
  readonly seconds: number;
  startRemodel(bindings: Readonly<Record<string, string>>): Promise<Workerd>;
  startWorker(entry: string): Promise<Workerd>;
  stop(): Promise<void>;
}

export const HASH_TTL_MS = 1000;
const ROOT_TOKEN = 'bench-root-token';
const RECORDS = 5000;

/** Starts all of it, or throws with nothing left running. */
export async function startSetting(seconds: number): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), 'remodel-bench-'));
  const undo: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (let last = undo.pop(); last; last = undo.pop()) await last();
  };
  try {
    progress('starting Postgres, Redis and the proxies');
    const stack = await startStack({ dataDir: folder, durable: false });
    undo.push(stack.stop);
    const [postgres] = childrenNamed('postgres');
    if (postgres === undefined) throw new Error('Postgres is no child of this process');
    const urls = await createDatabase(stack.postgres, 'bench');
    const bindings = { ...stack.bindings(urls), ROOT_TOKEN, GRACE_SECONDS: '1' };
    const bundles = new Map<string, string>();
    const startWorker = async (entry: string, more: Readonly<Record<string, string>> = {}) => {
      const path = bundles.get(entry) ?? join(folder, `${bundles.size}.mjs`);
      if (!bundles.has(entry)) await bundleWorker(fileURLToPath(new URL(entry, import.meta.url)), path);
      bundles.set(entry, path);
      const workerd = await startWorkerd(path, { ...bindings, ...more });
      undo.push(workerd.stop);
      return workerd;
    };
    const startRemodel = (more: Readonly<Record<string, string>>) =>
      startWorker('../functions/index.ts', more);

    progress('starting the Workers');
    const movies = '/v1/main/records/movie';
    const statics = { name: 'static', workerd: await startWorker('./static-worker.ts'), movies: '/movies' };
    const remodel = { name: 'Remodel, HASH_TTL_MS=0', workerd: await startRemodel({}), movies };
    const reusing = {
      name: `Remodel, HASH_TTL_MS=${HASH_TTL_MS}`,
      workerd: await startRemodel({ HASH_TTL_MS: String(HASH_TTL_MS) }),
      movies,
    };
    const load = new LoadGenerator();
    undo.push(() => load.stop());
    const headers = { Authorization: `Bearer ${ROOT_TOKEN}` };
    progress(`creating ${RECORDS} records`);
    await createMovies(remodel.workerd.url, headers);
    const ids = await copyMovies(urls.owner);
    return {
      statics,
      remodel,
      reusing,
      variants: [statics, remodel, reusing],
      traffic: stack.traffic,
      postgresCpuMilliseconds: () => familyCpuMilliseconds(postgres),
      load,
      headers,
      ids,
      seconds,
      startRemodel,
      startWorker,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createMovies(url: URL, authorization: Readonly<Record<string, string>>): Promise<void> {
  const headers = { ...authorization, 'Content-Type': 'application/json', Prefer: 'wait=20' };
  const requests = [
    ['PUT', '/v1/main/models/movie', MOVIE],
    ['POST', '/v1/main/records/movie', Array.from({ length: RECORDS }, (_, n) => movie(n))],
  ] as const;
  for (const [method, path, body] of requests) {
    const answer = await fetch(new URL(path, url), { method, headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(`${method} ${path} was answered by ${answer.status}: ${text}`);
  }
}

/** The same rows for the Worker by hand, in the table by hand. Answers some of their ids. */
async function copyMovies(ownerUrl: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const columns = ['id', 'created_at', 'updated_at', ...MOVIE.fields.map((field) => field.name)].join(', ');
    await client.query(CREATE_MOVIES);
    await client.query('grant select, insert on public.movies to remodel_edge');
    await client.query(`insert into public.movies (${columns}) select ${columns} from main_data.movie`);
    await client.query('vacuum analyze public.movies');
    await client.query('vacuum analyze main_data.movie');
    const { rows } = await client.query<{ id: string }>(
      'select id from public.movies order by random() limit 1000',
    );
    return rows.map(({ id }) => id);
  } finally {
    await client.end();
  }
}
