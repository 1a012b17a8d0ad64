import type { BuildKind } from './build-worker.ts';
import { median } from './median.ts';
import { progress, type Report } from './report.ts';
import type { Setting } from './setting.ts';

const SIZES = [10, 50, 200];
const KINDS: readonly BuildKind[] = ['class', 'class and table', 'from Redis'];
const REPEATS = 15;
/** A measured request holds that many fields in all, which takes much longer than the request itself. */
const FIELDS_PER_REQUEST = 20_000;
const COLD_STARTS = 5;

/** Microseconds for a model class, by the number of its fields. */
export async function measureClassBuilds(setting: Setting): Promise<Report> {
  progress('building classes');
  const { url, stop } = await setting.startWorker('./build-worker.ts');
  const figures: { fields: number; kind: string; microseconds: number }[] = [];
  for (const fields of SIZES) {
    for (const kind of KINDS) {
      const builds = FIELDS_PER_REQUEST / fields;
      await time(url, kind, fields, builds);
      const differences: number[] = [];
      for (let n = 0; n < REPEATS; n++) {
        const empty = await time(url, kind, fields, 0);
        differences.push((await time(url, kind, fields, builds)) - empty);
      }
      figures.push({ fields, kind, microseconds: (median(differences) * 1000) / builds });
    }
    progress(`first class of ${fields} fields of an isolate, ${COLD_STARTS} times`);
    figures.push({ fields, kind: 'first', microseconds: await measureFirst(setting, fields) });
  }
  await stop();
  const of = (fields: number, kind: string) =>
    figures.find((figure) => figure.fields === fields && figure.kind === kind)?.microseconds.toFixed(0) ?? '';
  return {
    title: '2. Building a model class, in workerd',
    columns: [
      'fields',
      'class, µs',
      'with drizzle table, µs',
      'from its JSON, hash checked, µs',
      'first of an isolate, µs',
    ],
    rows: SIZES.map((fields) => [String(fields), ...[...KINDS, 'first'].map((kind) => of(fields, kind))]),
    notes: [
      `Many builds between two requests, less a request without any; medians of ${REPEATS}, code that is warm.`,
      `The last column is a single build from JSON by an isolate that never built one, cold code; median of ${COLD_STARTS}.`,
    ],
    figures,
  };
}

async function measureFirst(setting: Setting, fields: number): Promise<number> {
  const differences: number[] = [];
  for (let n = 0; n < COLD_STARTS; n++) {
    const { url, stop } = await setting.startWorker('./build-worker.ts');
    const empty: number[] = [];
    for (let request = 0; request < 20; request++) empty.push(await time(url, 'from Redis', fields, 0));
    differences.push((await time(url, 'from Redis', fields, 1)) - median(empty.slice(-10)));
    await stop();
  }
  return median(differences) * 1000;
}

/** Milliseconds from sending to the end of the answer. */
async function time(url: URL, kind: BuildKind, fields: number, builds: number): Promise<number> {
  const query = new URLSearchParams({ kind, fields: String(fields), builds: String(builds) });
  const begin = performance.now();
  const answer = await fetch(new URL(`/?${query}`, url));
  await answer.text();
  if (!answer.ok) throw new Error(`The builds were answered by ${answer.status}.`);
  return performance.now() - begin;
}
