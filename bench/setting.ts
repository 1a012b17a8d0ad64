import type pg from 'pg';
import type { Traffic } from '../local/traffic.ts';
import { familyCpuMilliseconds } from './cpu.ts';
import { LoadGenerator } from './load.ts';
import { MOVIE, movie } from './movie.ts';
import { progress } from './report.ts';
import { CREATE_MOVIES } from './static-table.ts';
import { startBenchSystem } from './system.ts';
import type { Workerd } from './workerd.ts';

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
  /** Fills the table of the Workers by hand with the rows of another. */
  copyMovies(from: string): Promise<void>;
  stop(): Promise<void>;
}

export const HASH_TTL_MS = 1000;
const RECORDS = 5000;

/** Starts all of it, or throws with nothing left running. */
export async function startSetting(seconds: number): Promise<Setting> {
  const system = await startBenchSystem({ durable: false, graceSeconds: 1 });
  const { headers, startRemodel, startWorker, stop } = system;
  try {
    progress('starting the Workers');
    const movies = '/v1/main/records/movie';
    const statics = { name: 'static', workerd: await startWorker('./static-worker.ts'), movies: '/movies' };
    const remodel = { name: 'Remodel, HASH_TTL_MS=0', workerd: await startRemodel(), movies };
    const reusing = {
      name: `Remodel, HASH_TTL_MS=${HASH_TTL_MS}`,
      workerd: await startRemodel({ HASH_TTL_MS: String(HASH_TTL_MS) }),
      movies,
    };
    const load = new LoadGenerator();
    system.onStop(() => load.stop());
    progress(`creating ${RECORDS} records`);
    await createMovies(remodel.workerd.url, headers);
    await system.sql.query(CREATE_MOVIES);
    await system.sql.query('grant select, insert on public.movies to remodel_edge');
    await copyMovies(system.sql, 'main_data.movie');
    const ids = await someIds(system.sql);
    return {
      statics,
      remodel,
      reusing,
      variants: [statics, remodel, reusing],
      traffic: system.stack.traffic,
      postgresCpuMilliseconds: () => familyCpuMilliseconds(system.postgresPid),
      load,
      headers,
      ids,
      seconds,
      startRemodel,
      startWorker,
      copyMovies: (from) => copyMovies(system.sql, from),
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

/** The same rows for the Worker by hand, in the table by hand. */
async function copyMovies(sql: pg.Client, from: string): Promise<void> {
  const columns = ['id', 'created_at', 'updated_at', ...MOVIE.fields.map((field) => field.name)].join(', ');
  await sql.query('truncate public.movies');
  await sql.query(`insert into public.movies (${columns}) select ${columns} from ${from}`);
  await sql.query('vacuum analyze public.movies');
  await sql.query(`vacuum analyze ${from}`);
}

async function someIds(sql: pg.Client): Promise<readonly string[]> {
  const { rows } = await sql.query<{ id: string }>(
    'select id from public.movies order by random() limit 1000',
  );
  return rows.map(({ id }) => id);
}
