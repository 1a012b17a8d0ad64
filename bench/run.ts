/** `npm run bench`: starts what it needs, measures, prints tables, and writes results/latest.json. */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { measureAgainstStatic } from './against-static.ts';
import { measureClassBuilds } from './class-builds.ts';
import { measureHeadLatency } from './head-latency.ts';
import { measureHeadReuse } from './head-reuse.ts';
import { formatReport, type Report } from './report.ts';
import { assertSameAnswers } from './same-answers.ts';
import { startSetting } from './setting.ts';
import { measureTransfers } from './transfers.ts';

const RESULTS = new URL('./results/', import.meta.url);
const SECTIONS = {
  requests: measureAgainstStatic,
  classes: measureClassBuilds,
  latency: measureHeadLatency,
  reuse: measureHeadReuse,
  transfers: measureTransfers,
} as const;
const only = process.env['ONLY'] || null;
const seconds = Number(process.env['BENCH_SECONDS'] || 1);
if (!(seconds > 0)) throw new RangeError('BENCH_SECONDS must be a number above zero');

if (process.platform !== 'linux') throw new Error('CPU time is read from /proc, which only Linux has.');

const [load = 0] = loadavg();
const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load ${load.toFixed(1)} at the start`;
console.log(machine);
const setting = await startSetting(seconds);
const reports: Report[] = [];
try {
  await assertSameAnswers(setting);
  for (const [name, measure] of Object.entries(SECTIONS)) {
    if (only !== null && name !== only) continue;
    const report = await measure(setting);
    console.log(formatReport(report));
    reports.push(report);
  }
} finally {
  await setting.stop();
}
await mkdir(RESULTS, { recursive: true });
const latest = { at: new Date().toISOString(), machine, seconds, reports };
await writeFile(new URL('latest.json', RESULTS), `${JSON.stringify(latest, null, 2)}\n`);
