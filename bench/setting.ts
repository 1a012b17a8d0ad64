import type pg from 'pg';
import type { Traffic } from '../local/traffic.ts';
import { familyCpuMilliseconds } from './cpu.ts';
import { LoadGenerator } from './load.ts';
import { MOVIE, movie, REVIEW } from './movie.ts';
import { progress } from './report.ts';
import { CREATE_TABLES } from './static-table.ts';
import { startBenchSystem } from './system.ts';
import type { Workerd } from './workerd.ts';

/** One of the Workers that are compared, and where it has the movies. */
export interface Variant {
  readonly name: string;
  readonly workerd: Workerd;
  readonly movies: string;
  /** Where many are created at once. */
  readonly many: string;
  /** 25 movies of a year, the best first. */
  readonly ofYear: (year: number) => string;
  /** 25 reviews, each with its movie. */
  readonly expanded: string;
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
  /** Takes away what was inserted since the beginning, so that all lists are over the same rows again. */
  trim(): Promise<void>;
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
    const statics = {
      name: 'static',
      workerd: await startWorker('./static-worker.ts'),
      movies: '/movies',
      many: '/movies/many',
      ofYear: (year: number) => `/movies?limit=25&year=${year}&sort=-rating`,
      expanded: '/reviews?limit=25',
    };
    const movies = '/v1/main/records/movie';
    const paths = {
      movies,
      many: movies,
      ofYear: (year: number) => `${movies}?limit=25&filter[year][_eq]=${year}&sort=-rating:nullsFirst`,
      expanded: '/v1/main/records/review?limit=25&expand=of',
    };
    const remodel = { name: 'Remodel, HASH_TTL_MS=0', workerd: await startRemodel(), ...paths };
    const reusing = {
      name: `Remodel, HASH_TTL_MS=${HASH_TTL_MS}`,
      workerd: await startRemodel({ HASH_TTL_MS: String(HASH_TTL_MS) }),
      ...paths,
    };
    const load = new LoadGenerator();
    system.onStop(() => load.stop());
    progress(`creating ${RECORDS} records`);
    await createMovies(remodel.workerd.url, headers);
    await system.sql.query(CREATE_TABLES);
    await system.sql.query('grant select, insert on public.movies, public.reviews to remodel_edge');
    await copyMovies(system.sql, 'main_data.movie');
    await createReviews(system.sql);
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
      trim: () => trim(system.sql),
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
    ['PUT', '/v1/main/models/review', REVIEW],
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
  await sql.query('truncate public.movies cascade');
  await sql.query(`insert into public.movies (${columns}) select ${columns} from ${from}`);
  await sql.query('vacuum analyze public.movies');
  await sql.query(`vacuum analyze ${from}`);
}

/** Ids grow with time: what each review is of was there before all that a measurement inserted. */
async function trim(sql: pg.Client): Promise<void> {
  // Its events are nobody's news.
  await sql.query('set session_replication_role = replica');
  for (const table of ['public.movies', 'main_data.movie']) {
    await sql.query(`delete from ${table} where id > (select max(of::text)::uuid from public.reviews)`);
    await sql.query(`vacuum analyze ${table}`);
  }
  await sql.query('reset session_replication_role');
}

/** A review of each movie, in both systems. */
async function createReviews(sql: pg.Client): Promise<void> {
  await sql.query(
    `insert into main_data.review (id, words, of, updated_at)
    select remodel.uuid_v7(), 'Seen it.', id, now() from main_data.movie`,
  );
  await sql.query('insert into public.reviews (id, words, of) select id, words, of from main_data.review');
  await sql.query('vacuum analyze public.reviews');
  await sql.query('vacuum analyze main_data.review');
}

async function someIds(sql: pg.Client): Promise<readonly string[]> {
  const { rows } = await sql.query<{ id: string }>(
    'select id from public.movies order by random() limit 1000',
  );
  return rows.map(({ id }) => id);
}
