import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MOVIE, movie } from './movie.ts';
import { progress, type Report } from './report.ts';
import type { Setting } from './setting.ts';
import type { Workerd } from './workerd.ts';

const ROWS = Number(process.env['ROWS'] || 1_000_000);
/** Repeated until there are enough: to make each row anew would cost more than to import it. */
const DISTINCT_ROWS = 10_000;
/** The Worker by hand takes too long for more. */
const STATIC_IMPORT = 50_000;
const SAMPLE_MS = 50;

/** One file, in or out. */
interface Transfer {
  readonly name: string;
  readonly seconds: number;
  readonly rows: number;
  readonly bytes: number;
  readonly cpuMilliseconds: number;
  readonly postgresCpuMilliseconds: number;
  /** Of the workerd process: before, and the most in each quarter of the time. */
  readonly megabytes: readonly number[];
}

/** Rows per second and memory of imports and exports, beside a Worker that was written by hand for the table. */
export async function measureTransfers(setting: Setting): Promise<Report> {
  const statics = await setting.startWorker('./static-transfers.ts');
  const remodel = await setting.startRemodel({});
  await makeModel(remodel.url, setting.headers);
  const path = '/v1/main/records/copied_movie';
  const transfers = [
    await transfer(setting, remodel, 'import of CSV, Remodel', () =>
      put(setting, remodel, `${path}/import`, 'text/csv', csvRows(), ROWS),
    ),
  ];
  await setting.copyMovies('main_data.copied_movie');
  transfers.push(
    await transfer(setting, statics, 'import of CSV, static', () =>
      put(setting, statics, '/', 'text/csv', csvRows(), Math.min(ROWS, STATIC_IMPORT)),
    ),
    await transfer(setting, statics, 'export of CSV, static', () => take(setting, statics, '/')),
    await transfer(setting, remodel, 'export of CSV, Remodel', () =>
      take(setting, remodel, `${path}/export?format=csv`),
    ),
    await transfer(setting, remodel, 'export of NDJSON, Remodel', () =>
      take(setting, remodel, `${path}/export?format=ndjson`),
    ),
    await transfer(setting, remodel, 'import of NDJSON, Remodel', () =>
      put(setting, remodel, `${path}/import`, 'application/x-ndjson', ndjsonRows(), ROWS),
    ),
  );
  return {
    title: '5. Imports and exports',
    columns: [
      'file',
      'rows/s',
      'seconds',
      'MB',
      'CPU µs/row',
      'Postgres',
      'MB of memory before',
      'and in each quarter',
    ],
    rows: transfers.map((one) => [
      one.name,
      (one.rows / one.seconds).toFixed(0),
      one.seconds.toFixed(1),
      (one.bytes / 1e6).toFixed(0),
      ((one.cpuMilliseconds * 1000) / one.rows).toFixed(1),
      ((one.postgresCpuMilliseconds * 1000) / one.rows).toFixed(1),
      one.megabytes[0]?.toFixed(0) ?? '',
      one.megabytes
        .slice(1)
        .map((most) => most.toFixed(0))
        .join(' '),
    ]),
    notes: [
      `${ROWS} rows of ten fields (the import by hand, through drizzle: ${STATIC_IMPORT}), once, from and to this machine. Goals: 20,000 rows/s in and 50,000 out, memory flat.`,
      'CPU and memory are those of the workerd process. One that held the file would need its megabytes, and more.',
      'Both Workers use one transaction over one WebSocket. Client, proxies, Worker and Postgres share the machine.',
    ],
    figures: transfers,
  };
}

async function makeModel(url: URL, authorization: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(new URL('/v1/main/models/copied_movie', url), {
    method: 'PUT',
    headers: { ...authorization, 'Content-Type': 'application/json', Prefer: 'wait=20' },
    body: JSON.stringify({ ...MOVIE, name: 'copied_movie' }),
  });
  if (answer.status !== 201)
    throw new Error(`the model was answered by ${answer.status}: ${await answer.text()}`);
}

async function transfer(
  setting: Setting,
  workerd: Workerd,
  name: string,
  run: () => Promise<{ readonly rows: number; readonly bytes: number }>,
): Promise<Transfer> {
  progress(name);
  const before = residentMegabytes(workerd.pid);
  const samples: number[] = [];
  let isRunning = true;
  const watching = (async () => {
    for (; isRunning; await sleep(SAMPLE_MS)) {
      samples.push(residentMegabytes(workerd.pid));
    }
  })();
  const [cpu, postgresCpu, begin] = [
    workerd.cpuMilliseconds(),
    setting.postgresCpuMilliseconds(),
    performance.now(),
  ];
  const { rows, bytes } = await run().finally(() => {
    isRunning = false;
  });
  const seconds = (performance.now() - begin) / 1000;
  await watching;
  return {
    name,
    seconds,
    rows,
    bytes,
    cpuMilliseconds: workerd.cpuMilliseconds() - cpu,
    postgresCpuMilliseconds: setting.postgresCpuMilliseconds() - postgresCpu,
    megabytes: [before, ...mostOfQuarters(samples)],
  };
}

function mostOfQuarters(samples: readonly number[]): readonly number[] {
  const end = (quarter: number) => Math.ceil((samples.length * quarter) / 4);
  return [0, 1, 2, 3].map((n) => Math.max(...samples.slice(end(n), end(n + 1))));
}

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

async function put(
  { headers }: Setting,
  { url }: Workerd,
  path: string,
  contentType: string,
  lines: { readonly head: string; readonly body: string },
  rows: number,
): Promise<{ readonly rows: number; readonly bytes: number }> {
  const encoder = new TextEncoder();
  const body = encoder.encode(lines.body);
  let repeats = Math.ceil(rows / DISTINCT_ROWS);
  let bytes = 0;
  const file = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(lines.head));
    },
    pull(controller) {
      if (repeats <= 0) return controller.close();
      repeats -= 1;
      bytes += body.length;
      controller.enqueue(body);
    },
  });
  const answer = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { ...headers, 'Content-Type': contentType },
    body: file,
    duplex: 'half',
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`an import was answered by ${answer.status}: ${text}`);
  const { inserted }: { readonly inserted: number } = JSON.parse(text);
  return { rows: inserted, bytes };
}

async function take(
  { headers }: Setting,
  { url }: Workerd,
  path: string,
): Promise<{ readonly rows: number; readonly bytes: number }> {
  const answer = await fetch(new URL(path, url), { headers });
  if (answer.status !== 200)
    throw new Error(`an export was answered by ${answer.status}: ${await answer.text()}`);
  let rows = 0;
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += part.length;
    for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) rows += 1;
  }
  return { rows, bytes };
}

const FIELDS = MOVIE.fields.map(({ name }) => name);

function csvRows() {
  const cell = (value: unknown) => (typeof value === 'string' ? `"${value}"` : String(value));
  const lines = Array.from({ length: DISTINCT_ROWS }, (_, n) => {
    const record = new Map(Object.entries(movie(n)));
    return `${FIELDS.map((name) => cell(record.get(name))).join(',')}\r\n`;
  });
  return { head: `${FIELDS.join(',')}\r\n`, body: lines.join('') };
}

function ndjsonRows() {
  return {
    head: '',
    body: Array.from({ length: DISTINCT_ROWS }, (_, n) => `${JSON.stringify(movie(n))}\n`).join(''),
  };
}
