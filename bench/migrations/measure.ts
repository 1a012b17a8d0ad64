import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { median } from '../median.ts';
import { pushStatements } from './drizzle-push.ts';
import type { MigrationOperation, Table } from './operation.ts';
import type { Sample, TableLoadGenerator } from './table-load.ts';
import {
  createModel,
  createNaive,
  createPushed,
  dropTables,
  fillNaive,
  type MigrationSetting,
} from './tables.ts';

/** What an operation did to those who read and write the table meanwhile. */
export interface Disturbance {
  /** Of the slowest statement, less the median of its kind before. Milliseconds. */
  readonly longestBlock: number;
  /** Longest that a statement was seen waiting for a lock. */
  readonly longestLockWait: number;
  /** The same as `longestBlock` in the time before: what the machine does by itself. */
  readonly noise: number;
  readonly failures: Readonly<Record<string, number>>;
  /** From the request to the end of all. */
  readonly seconds: number;
}

export interface Migration extends Disturbance {
  /** Of the backfill, where there was one. */
  readonly rowsPerSecond: number | null;
}

export type Pushed =
  | ({
      readonly kind: 'measured';
      readonly statements: readonly string[];
      readonly asks: boolean;
    } & Disturbance)
  | { readonly kind: 'naive' | 'asks' | 'fails' | 'none'; readonly statements: readonly string[] };

export interface Measured {
  readonly operation: string;
  readonly remodel: Migration | null;
  readonly naive: Disturbance | null;
  readonly pushed: Pushed;
}

export interface Bench {
  readonly setting: MigrationSetting;
  readonly load: TableLoadGenerator;
  readonly ids: readonly string[];
  readonly baselineSeconds: number;
}

/** After the end, so that the last statements that it met are seen as well. */
const AFTER_MS = 300;

const NONE: Pushed = { kind: 'none', statements: [] };

let models = 0;

/** One operation in the three ways, each on a table of its own, under the same load. */
export async function measureOperation(bench: Bench, operation: MigrationOperation): Promise<Measured> {
  const { setting } = bench;
  const model = `item_${++models}`;
  try {
    const table = await createModel(setting, model, operation);
    if (table !== null) await createNaive(setting, table);
    const remodel = table && (await measureRemodel(bench, operation, model, table));
    if (!remodel) return { operation: operation.name, remodel: null, naive: null, pushed: NONE };
    const naiveTable = await fillNaive(setting, operation);
    const naive = await measureStatements(bench, naiveTable, operation.naive(naiveTable));
    return { operation: operation.name, remodel, naive, pushed: await measurePushed(bench, operation) };
  } finally {
    await dropTables(setting);
  }
}

/** Null where the operation is not supported. */
async function measureRemodel(
  bench: Bench,
  operation: MigrationOperation,
  model: string,
  table: Table,
): Promise<Migration | null> {
  const { request } = bench.setting;
  const body = operation.change(model);
  const { status, body: plan } = await request('POST', '/v1/main/plans', body, 200, 400, 422);
  if (status !== 200) return null;
  const confirm = plan.destructive || plan.lossy ? { confirm: plan.hash } : {};
  let steps: readonly ShownStep[] = [];
  const read = operation.byView ? `main.${model}` : table;
  const disturbance = await underLoad(bench, read, async () => {
    const change = await request('POST', '/v1/main/changes', { ...body, ...confirm }, 202);
    steps = (await bench.setting.ended('main', change.body.id)).steps;
  });
  return { ...disturbance, rowsPerSecond: backfillRate(steps) };
}

interface ShownStep {
  readonly rows: number;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** Of the steps that changed rows. */
function backfillRate(steps: readonly ShownStep[]): number | null {
  const filling = steps.filter(({ rows }) => rows > 0);
  if (filling.length === 0) return null;
  const rows = filling.reduce((sum, step) => sum + step.rows, 0);
  const milliseconds = filling.reduce(
    (sum, { startedAt, finishedAt }) => sum + Date.parse(finishedAt) - Date.parse(startedAt),
    0,
  );
  return (rows * 1000) / Math.max(milliseconds, 1);
}

/** The statements one by one, as somebody at a prompt or drizzle-kit would send them. */
async function measureStatements(
  bench: Bench,
  table: Table,
  statements: readonly string[],
): Promise<Disturbance> {
  const client = new pg.Client({ connectionString: bench.setting.system.ownerUrl });
  await client.connect();
  try {
    return await underLoad(bench, table, async () => {
      for (const text of statements) await client.query(text);
    });
  } finally {
    await client.end();
  }
}

async function measurePushed(bench: Bench, operation: MigrationOperation): Promise<Pushed> {
  const { pushed } = operation;
  if (!pushed) return NONE;
  const table = await createPushed(bench.setting, operation, pushed[0]);
  const { statements, asks } = await pushStatements(bench.setting.system.sql, pushed);
  if (statements.length === 0) return { kind: asks ? 'asks' : 'none', statements };
  const naive = operation.naive(table);
  if (statements.map(normal).join() === naive.map(normal).join()) return { kind: 'naive', statements };
  try {
    return { kind: 'measured', statements, asks, ...(await measureStatements(bench, table, statements)) };
  } catch (error) {
    // A type that Postgres wants to be told how to convert, say: the push ends there.
    if (!(error instanceof pg.DatabaseError)) throw error;
    return { kind: 'fails', statements };
  }
}

/** A statement without what makes no difference. */
function normal(statement: string): string {
  return statement.toLowerCase().replaceAll('"', '').replace(/;$/, '').replace(/\s+/g, ' ').trim();
}

/** Runs the load for a while, then the work under it. */
async function underLoad(bench: Bench, table: Table, work: () => Promise<void>): Promise<Disturbance> {
  const { setting, load, ids, baselineSeconds } = bench;
  const rates = { readsPerSecond: 50, updatesPerSecond: 50 };
  await load.start({ connectionString: setting.system.ownerUrl, table, ids, ...rates });
  let end: number;
  let begin: number;
  try {
    await sleep(baselineSeconds * 1000);
    begin = Date.now();
    await work();
    end = Date.now();
    await sleep(AFTER_MS);
  } catch (error) {
    await load.stop();
    throw error;
  }
  const { samples, lockWaits } = await load.stop();
  const before = samples.filter(({ sentAt, milliseconds }) => sentAt + milliseconds < begin);
  // The first ones find everything cold.
  const calm = before.slice(before.length / 4);
  const during = samples.filter(({ sentAt, milliseconds }) => sentAt + milliseconds >= begin);
  const own = { read: ownTime(calm, 'read'), update: ownTime(calm, 'update') };
  const longest = (some: readonly Sample[]) =>
    Math.max(0, ...some.map(({ kind, milliseconds }) => milliseconds - own[kind]));
  const failures: Record<string, number> = {};
  for (const { error } of during) if (error !== undefined) failures[error] = (failures[error] ?? 0) + 1;
  return {
    longestBlock: longest(during),
    longestLockWait: Math.max(
      0,
      ...lockWaits.filter(({ at }) => at >= begin).map((wait) => wait.milliseconds),
    ),
    noise: longest(calm),
    failures,
    seconds: (end - begin) / 1000,
  };
}

function ownTime(samples: readonly Sample[], kind: Sample['kind']): number {
  return median(samples.filter((sample) => sample.kind === kind).map(({ milliseconds }) => milliseconds));
}
