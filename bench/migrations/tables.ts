import type { Client } from '../client.ts';
import { progress } from '../report.ts';
import type { BenchSystem } from '../system.ts';
import { createStatements } from './drizzle-push.ts';
import { KIND, type MigrationOperation, type Schema, type Table } from './operation.ts';

const KINDS = 100;
const NAIVE = 'bench.item';
const PUSHED = 'pushed.item';

/** A system that runs, and the way to it. */
export interface MigrationSetting extends Client {
  readonly system: BenchSystem;
}

/** The rows that every table has, made once, and the model that others refer to. */
export async function createSeed(
  { system: { sql }, request, ended }: MigrationSetting,
  rows: number,
): Promise<void> {
  progress(`making ${rows} rows`);
  const definition = { fields: [{ name: 'label', type: 'text' }] };
  const { body } = await request('PUT', `/v1/main/models/${KIND}`, definition, 202);
  await ended('main', body.id);
  await sql.query(`
    insert into main_data.${KIND} (label) select 'kind ' || n from generate_series(1, ${KINDS}) as n;
    create schema bench;
    create table bench.kind (id uuid primary key);
    insert into bench.kind select id from main_data.${KIND};
    create table bench.seed as
    select n, remodel.uuid_v7() as id, kinds.id as kind
    from generate_series(1, ${rows}) as n
    join (select id, row_number() over () as k from bench.kind) as kinds on kinds.k = 1 + n % ${KINDS}
    order by n;
    analyze bench.seed`);
}

/** Some ids of all over a table. */
export async function sampleIds({ system: { sql } }: MigrationSetting): Promise<readonly string[]> {
  const { rows } = await sql.query<{ id: string }>('select id from bench.seed order by random() limit 5000');
  return rows.map(({ id }) => id);
}

/** A model with its rows. Null where its fields are not supported. */
export async function createModel(
  setting: MigrationSetting,
  name: string,
  { fields = [], indexes, values = {}, first }: MigrationOperation,
  rows?: number,
): Promise<Table | null> {
  const definition = {
    fields: [
      { name: 'title', type: 'text', required: true },
      { name: 'counter', type: 'integer' },
      ...fields,
    ],
    ...(indexes ? { indexes } : {}),
  };
  const { status, body } = await setting.request('PUT', `/v1/main/models/${name}`, definition, 202, 422);
  if (status === 422) return null;
  await setting.ended('main', body.id);
  if (first) {
    const change = await setting.request('POST', '/v1/main/changes', first(name), 202);
    await setting.ended('main', change.body.id);
  }
  const table = `main_data.${name}`;
  await fill(setting, table, values, rows);
  return table;
}

/** The table of the naive way, still empty: the columns of the model's before it changes, and the key. */
export async function createNaive({ system: { sql } }: MigrationSetting, like: Table): Promise<void> {
  await sql.query(`
    create table ${NAIVE} (like ${like} including defaults);
    alter table ${NAIVE} add primary key (id)`);
}

/** Its rows, and what the operation starts from. */
export async function fillNaive(setting: MigrationSetting, operation: MigrationOperation): Promise<Table> {
  for (const text of operation.prepared?.(NAIVE) ?? []) await setting.system.sql.query(text);
  await fill(setting, NAIVE, operation.values ?? {});
  return NAIVE;
}

/** The tables of a drizzle schema, as drizzle-kit makes them. */
export async function createPushed(
  setting: MigrationSetting,
  operation: MigrationOperation,
  before: Schema,
): Promise<Table> {
  for (const text of await createStatements(before)) await setting.system.sql.query(text);
  if ('kind' in before) await setting.system.sql.query('insert into pushed.kind select id from bench.kind');
  await fill(setting, PUSHED, operation.values ?? {});
  return PUSHED;
}

async function fill(
  { system: { sql } }: MigrationSetting,
  table: Table,
  values: Readonly<Record<string, string>>,
  rows?: number,
): Promise<void> {
  const columns = ['id', 'title', 'counter', ...Object.keys(values)].join(', ');
  const selected = ['id', `'title of ' || n`, 'n % 1000', ...Object.values(values)].join(', ');
  await sql.query(
    `insert into ${table} (${columns}) select ${selected} from bench.seed ${rows === undefined ? '' : `where n <= ${rows}`}`,
  );
  await sql.query(`vacuum (analyze) ${table}`);
  // What was just written is not to be written out while something is measured.
  await sql.query('checkpoint');
}

/** Whatever is left of an operation. */
export async function dropTables({ system: { sql } }: MigrationSetting): Promise<void> {
  await sql.query(`
    drop schema if exists pushed cascade;
    drop table if exists bench.part, bench.item, bench.renamed cascade`);
  const { rows } = await sql.query<{ name: string }>(`
    select format('%I.%I', schemaname, tablename) as name
    from pg_tables
    where schemaname in ('main_data', 'main_trash')
      and tablename <> '${KIND}'`);
  for (const { name } of rows) await sql.query(`drop table if exists ${name} cascade`);
}
