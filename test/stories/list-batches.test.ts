import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BEHIND_ANOTHER, isOneOfSeveral } from '../../src/plan/conversions/list.ts';
import type { AddPair } from '../../src/plan/steps/add-pair.ts';
import { type Convert, convert } from '../../src/plan/steps/convert.ts';
import { type FillList, fillList } from '../../src/plan/steps/fill-list.ts';
import type { TableName } from '../../src/plan/steps/step-kind.ts';
import { quoteTable } from '../../src/plan/steps/table-sql.ts';
import type { Step } from '../../src/plan/steps.ts';
import type { Statement } from '../../src/ports.ts';
import { operations } from '../stack/changes.ts';
import { hasSql, holdFirst, isMigrators } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';

const ROWS = 20_000;

let stack: InProcess;
/** A session whose settings are its own. */
let session: pg.Client;
beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  session = new pg.Client({ connectionString: stack.parts.urls.owner });
  await session.connect();
  for (const name of ['tag', 'movie']) {
    const fields = name === 'tag' ? [] : [{ name: 'of', type: 'reference', to: 'tag' }];
    await stack.request('PUT', `/v1/main/models/${name}`, { fields });
    await stack.deliverAll();
  }
  await stack.parts.sql('insert into main_data.tag default values');
  await stack.parts.sql(
    `insert into main_data.movie (of) select t.id from main_data.tag as t, generate_series(1, ${ROWS})`,
  );
});
afterAll(async () => {
  await session.end();
  await stack.stop();
});

/** Runs a change, and something right before it is published. */
async function run(set: object, act: () => Promise<void>): Promise<void> {
  const body = operations({ op: 'alterField', model: 'movie', field: 'of', set });
  const { id } = (await stack.request('POST', '/v1/main/changes', body)).body;
  const held = holdFirst(
    stack.parts.traffic,
    (entry) => isMigrators(entry) && hasSql(entry, 'access exclusive'),
  );
  const delivered = stack.deliverAll();
  await held.reached;
  try {
    await act();
  } finally {
    held.release();
    await delivered;
    stack.parts.traffic.reset();
  }
  const { body: change } = await stack.get(`/v1/main/changes/${id}`);
  expect(change.error ?? change.status).toBe('done');
}

/** The step of a kind of the change that runs. */
async function stepOf<S extends Step>(kind: S['kind']): Promise<S> {
  const [row] = await stack.parts.sql(
    `select s.spec from remodel.steps s join remodel.changes c on c.id = s.change_id
    where s.kind = $1 and c.status = 'running'`,
    [kind],
  );
  return row?.['spec'] as S;
}

/** How Postgres goes through tables for a statement, before it knows what they hold and after. */
async function plansOf({ text, params }: Statement, ...tables: readonly TableName[]): Promise<string> {
  const explain = async () =>
    (await session.query(`explain ${text}`, [...params])).rows.map((row) => row['QUERY PLAN']).join('\n');
  const before = await explain();
  await stack.parts.sql(`analyze ${tables.map(quoteTable).join(', ')}`);
  return `${before}\n${await explain()}`;
}

const CURSOR = '00000000-0000-7000-8000-000000000000';

test('a reference that becomes a list: a batch reads its own records and links, however many there are', async () => {
  await run({ type: 'references' }, async () => {
    const step = await stepOf<FillList>('fillList');
    const plans = await plansOf(fillList.batch(step, CURSOR, 500), step.target, step.pair.links);
    expect(plans).toContain('Index');
    expect(plans).not.toContain('Seq Scan on');
  });
});

test('a list that becomes a reference: so does a batch, and the look at lists of several goes by an index', async () => {
  await run({ type: 'reference' }, async () => {
    const step = await stepOf<Convert>('convert');
    const { pair } = await stepOf<AddPair>('addPair');
    const plans = await plansOf(convert.batch(step, CURSOR, 500), step.target, pair.links);
    expect(plans).toContain('Index');
    expect(plans).not.toContain('Seq Scan on');
    const links = quoteTable(pair.links);
    await session.query('set enable_seqscan = off');
    const look = { text: `select from ${links} as l where ${isOneOfSeveral(links)}`, params: [] };
    const looks = await plansOf(look, pair.links);
    const [created] = await stack.parts.sql(
      `select spec ->> 'index' as name from remodel.steps where kind = 'createIndex' and spec ->> 'where' = $1`,
      [BEHIND_ANOTHER],
    );
    expect(looks).toContain(`Index Scan using ${created?.['name']} on`);
    expect(looks).not.toMatch(/Seq Scan on|Hash/);
  });
});
