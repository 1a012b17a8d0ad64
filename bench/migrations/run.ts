/**
 * `npm run bench:migrations`: every operation on a large table that is read and written meanwhile, beside what one
 * would otherwise do to it. ROWS (1000000) and ONLY (parts of the operations' names, with commas) by environment.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { clientOf } from '../client.ts';
import { formatReport, progress, type Report } from '../report.ts';
import { startBenchSystem } from '../system.ts';
import { type Bench, type Measured, measureOperation } from './measure.ts';
import type { MigrationOperation } from './operation.ts';
import { FIELD_OPERATIONS } from './operations/fields.ts';
import { INDEX_OPERATIONS } from './operations/indexes.ts';
import { REFERENCE_OPERATIONS } from './operations/references.ts';
import { RULE_OPERATIONS } from './operations/rules.ts';
import { SHAPE_OPERATIONS } from './operations/shapes.ts';
import { TYPE_OPERATIONS } from './operations/types.ts';
import { GOAL_MS, reportOperations } from './report-operations.ts';
import { measureSizes } from './size.ts';
import { TableLoadGenerator } from './table-load.ts';
import { createSeed, sampleIds } from './tables.ts';

const RESULTS = new URL('../results/', import.meta.url);
const OPERATIONS: readonly MigrationOperation[] = [
  ...FIELD_OPERATIONS,
  ...RULE_OPERATIONS,
  ...INDEX_OPERATIONS,
  ...REFERENCE_OPERATIONS,
  ...TYPE_OPERATIONS,
  ...SHAPE_OPERATIONS,
];
/** One that disturbed others longer than wanted is looked at again: what the machine did by chance does not
 * repeat. Where it does as much without any change, nothing can be told. */
const MAX_RUNS = 3;
const BASELINE_SECONDS = 2;

const rows = Number(process.env['ROWS'] || 1_000_000);
if (!(rows >= 1000)) throw new RangeError('ROWS must be a number from 1000 on');
const only = (process.env['ONLY'] ?? '').split(',');

const [busy = 0] = loadavg();
const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load ${busy.toFixed(1)} at the start`;
console.log(`${machine}; ${rows} rows`);
const reports: Report[] = [];
const load = new TableLoadGenerator();
// Grace is zero: contract steps follow at once.
const system = await startBenchSystem({ durable: true, graceSeconds: 0 });
try {
  const setting = { system, ...clientOf(system, await system.startRemodel()) };
  await createSeed(setting, rows);
  const bench: Bench = { setting, load, ids: await sampleIds(setting), baselineSeconds: BASELINE_SECONDS };
  const measured: Measured[][] = [];
  for (const operation of OPERATIONS.filter(({ name }) => only.some((part) => name.includes(part)))) {
    measured.push(await measureRepeatedly(bench, operation));
  }
  for (const report of [reportOperations(measured, OPERATIONS, rows), await measureSizes(setting, rows)]) {
    console.log(formatReport(report));
    reports.push(report);
  }
} finally {
  load.end();
  await system.stop();
}
await mkdir(RESULTS, { recursive: true });
const latest = { at: new Date().toISOString(), machine, rows, loadAtEnd: loadavg()[0], reports };
await writeFile(new URL('migrations.json', RESULTS), `${JSON.stringify(latest, null, 2)}\n`);

async function measureRepeatedly(bench: Bench, operation: MigrationOperation): Promise<Measured[]> {
  const runs: Measured[] = [];
  do {
    progress(operation.name);
    const run = await measureOperation(bench, operation);
    runs.push(run);
    progress(`  ${JSON.stringify({ remodel: run.remodel, naive: run.naive })}`);
    const { longestBlock = 0, noise = 0 } = run.remodel ?? {};
    if (longestBlock < Math.max(GOAL_MS, noise)) break;
  } while (runs.length < MAX_RUNS);
  return runs;
}
