/**
 * `npm run bench:scale`: whether a model, of ten fields or of a thousand, is dearer among thousands of models than
 * among ten. MODELS (10000) by environment.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { type Client, clientOf } from '../client.ts';
import { median } from '../median.ts';
import { formatReport, progress } from '../report.ts';
import { type BenchSystem, startBenchSystem } from '../system.ts';
import { mediansOf, residentMegabytes, type Subject, timePlan, timePublish, timeRead } from './figures.ts';
import {
  createRecords,
  createWide,
  createWorkspace,
  type ScaledWorkspace,
  WIDE,
  WIDE_FIELDS,
} from './workspaces.ts';

const RESULTS = new URL('../results/', import.meta.url);
const FEW = 10;
const PLANS = 41;
const PUBLISHES = 21;
const WARM_READS = 301;
const COLD_ISOLATES = 7;
/** More than the classes that an isolate keeps. */
const MODELS_READ = 1000;

const many = Number(process.env['MODELS'] || 10_000);
if (!(many >= FEW)) throw new RangeError(`MODELS must be a number from ${FEW} on`);
if (process.platform !== 'linux') throw new Error('Memory is read from /proc, which only Linux has.');

const [busy = 0] = loadavg();
const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load ${busy.toFixed(1)} at the start`;
console.log(machine);
const system = await startBenchSystem({ durable: false, graceSeconds: 0 });
try {
  const workerd = await system.startRemodel();
  const client = clientOf(system, workerd);
  progress(`creating ${many} models, by changes of many models each`);
  const few = await createWorkspace(client, 'few', FEW);
  const large = await createWorkspace(client, 'many', many);
  await system.sql.query('analyze');
  const workspaces = [few, large];
  const ordinary = await Promise.all(workspaces.map((workspace) => subjectOf(client, workspace)));
  const wide = await Promise.all(workspaces.map(({ slug }) => wideSubject(client, slug)));
  const subjects = [...ordinary, ...wide];

  progress('plans, publishes and reads');
  const figures = {
    'plan, ms': await mediansOf(subjects, PLANS, (subject) => timePlan(client, subject)),
    'publish, ms': await mediansOf(subjects, PUBLISHES, (subject) => timePublish(client, subject)),
    'warm read, ms': await mediansOf(subjects, WARM_READS, (subject, n) => timeRead(client, subject, n)),
    'cold read, ms': await measureColdReads(system, subjects),
    'memory of an isolate, MB': await measureMemory(system, workspaces),
  };
  const report = {
    title: `A model among ${FEW} and among ${many}, of ten fields and of ${WIDE_FIELDS}`,
    columns: [
      '',
      `${FEW} models`,
      `${many} models`,
      'ratio',
      ...['', ', many', ', ratio'].map((of) => `${WIDE_FIELDS} fields${of}`),
    ],
    rows: Object.entries(figures).map(([name, [a, b, c, d]]) => [name, ...compared(a, b), ...compared(c, d)]),
    notes: [
      `Medians, of ${PLANS} plans, ${PUBLISHES} publishes, ${WARM_READS} reads, taken in turn. Goal: a ratio of at most 1.2.`,
      `Models have ten fields. A cold read is the first of a model by an isolate that has served others.`,
      `Memory: resident, of the process, after ${MODELS_READ} reads, of as many models as there are.`,
    ],
    figures,
  };
  console.log(formatReport(report));
  await mkdir(RESULTS, { recursive: true });
  const latest = { at: new Date().toISOString(), machine, many, loadAtEnd: loadavg()[0], report };
  await writeFile(new URL('scale.json', RESULTS), `${JSON.stringify(latest, null, 2)}\n`);
} finally {
  await system.stop();
}

/** A figure among few models, the same among many, and their ratio. */
function compared(few = Number.NaN, many = Number.NaN): readonly string[] {
  return [few.toFixed(1), many.toFixed(1), (many / few).toFixed(2)];
}

async function wideSubject(client: Client, slug: string): Promise<Subject> {
  await createWide(client, slug);
  return { slug, model: WIDE, ids: await createRecords(client, slug, WIDE) };
}

async function subjectOf(client: Client, { slug, models }: ScaledWorkspace): Promise<Subject> {
  const model = models[Math.trunc(models.length / 2)] ?? '';
  return { slug, model, ids: await createRecords(client, slug, model) };
}

/** Of isolates that know the code, but not this model. */
async function measureColdReads(
  bench: BenchSystem,
  subjects: readonly Subject[],
): Promise<readonly number[]> {
  progress(`cold reads by ${COLD_ISOLATES} isolates`);
  const taken = subjects.map((): number[] => []);
  for (let n = 0; n < COLD_ISOLATES; n++) {
    const workerd = await bench.startRemodel();
    const client = clientOf(bench, workerd);
    for (let warm = 0; warm < FEW; warm++) {
      // The last is the one that is measured in the workspace of few.
      if (warm === FEW / 2) continue;
      const model = `model_${String(warm).padStart(5, '0')}`;
      await client.request('GET', `/v1/few/records/${model}`, undefined, 200);
    }
    // Each is first as often as the others.
    const turn = subjects.map((_, s) => (s + n) % subjects.length);
    for (const s of turn) {
      const subject = subjects[s];
      if (subject) taken[s]?.push(await timeRead(client, subject, 0));
    }
    await workerd.stop();
  }
  return taken.map(median);
}

/** Of an isolate that has read the models of a workspace in turn, then of one that has read the wide model of each. */
async function measureMemory(
  bench: BenchSystem,
  workspaces: readonly ScaledWorkspace[],
): Promise<readonly number[]> {
  const megabytes: number[] = [];
  const wide = workspaces.map(({ slug }) => ({ slug, models: [WIDE] }));
  for (const { slug, models } of [...workspaces, ...wide]) {
    progress(`reading from ${slug}, ${Math.min(models.length, MODELS_READ)} models`);
    const workerd = await bench.startRemodel();
    const client = clientOf(bench, workerd);
    for (let n = 0; n < MODELS_READ; n++) {
      const model = models[n % models.length];
      await client.request('GET', `/v1/${slug}/records/${model}?limit=1`, undefined, 200);
    }
    megabytes.push(residentMegabytes(workerd.pid));
    await workerd.stop();
  }
  return megabytes;
}
