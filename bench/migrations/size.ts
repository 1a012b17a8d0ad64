import { median } from '../median.ts';
import { progress, type Report } from '../report.ts';
import { createModel, dropTables, type MigrationSetting } from './tables.ts';

const REPEATS = 7;

const ADD = (model: string, n: number) => ({
  operations: [{ op: 'addField', model, field: { name: `field_${n}`, type: 'text' } }],
});
const RENAME = (model: string, n: number) => ({
  operations: [{ op: 'renameField', model, from: `field_${n}`, to: `named_${n}` }],
});
const DROP = (model: string, n: number) => ({
  operations: [{ op: 'dropField', model, field: `named_${n}` }],
});
const CHANGES = { 'add field': ADD, 'rename field': RENAME, 'drop field': DROP };

/** Whether what should take no longer on a large table does. */
export async function measureSizes(setting: MigrationSetting, rows: number): Promise<Report> {
  const small = Math.max(1, Math.trunc(rows / 1000));
  progress(`add, rename and drop with ${small} and ${rows} rows, ${REPEATS} times each`);
  const operation = { name: '', change: () => ({}), naive: () => [] };
  const sizes = [small, rows];
  for (const size of sizes) await createModel(setting, `size_${size}`, operation, size);
  const lines: string[][] = [];
  const figures: object[] = [];
  for (const [name, body] of Object.entries(CHANGES)) {
    const taken = new Map(sizes.map((size): [number, number[]] => [size, []]));
    for (let n = 0; n < REPEATS; n++) {
      // In turn, so that what else the machine does falls on both.
      for (const size of sizes) taken.get(size)?.push(await timeChange(setting, body(`size_${size}`, n)));
    }
    const [ofSmall = Number.NaN, ofLarge = Number.NaN] = sizes.map((size) => median(taken.get(size) ?? []));
    lines.push([name, ofSmall.toFixed(0), ofLarge.toFixed(0), (ofLarge / ofSmall).toFixed(2)]);
    figures.push({ name, milliseconds: Object.fromEntries(taken), ratio: ofLarge / ofSmall });
  }
  await dropTables(setting);
  return {
    title: '2. Whether a change takes longer on a larger table',
    columns: ['change', `${small} rows, ms`, `${rows} rows, ms`, 'ratio'],
    rows: lines,
    notes: [`From the request to the end of all; medians of ${REPEATS}, no load. Goal: no difference.`],
    figures,
  };
}

async function timeChange(setting: MigrationSetting, body: object): Promise<number> {
  const { body: plan } = await setting.request('POST', '/v1/main/plans', body, 200);
  const confirm = plan.destructive ? { confirm: plan.hash } : {};
  const begin = performance.now();
  const { body: change } = await setting.request('POST', '/v1/main/changes', { ...body, ...confirm }, 202);
  await setting.ended('main', change.id);
  return performance.now() - begin;
}
