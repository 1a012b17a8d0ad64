import { afterAll, beforeAll, expect, test } from 'vitest';
import { carryOut, change, ended, operations, putModel } from '../stack/changes.ts';
import { hasCommand, holdFirst } from '../stack/hold.ts';
import { type System, startSystem } from '../stack/system.ts';
import { LedgerClient, replay, type Version } from './ledger.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ isolates: 3 });
});
afterAll(() => system.stop());

const rename = (model: string, from: string, to: string) => ({ op: 'renameField', model, from, to });
const exchange = (model: string, a: string, b: string) => [
  rename(model, a, 'exchanged'),
  rename(model, b, a),
  rename(model, 'exchanged', b),
];

const done = async (...list: readonly object[]) => (await carryOut(system.edge, ...list)).body;

/** Aligns models, and waits for the second change that an exchange of names takes. */
async function align(...models: readonly string[]) {
  const first = await done(...models.map((model) => ({ op: 'alignNames', model })));
  const { body } = await system.edge.get('/v1/main/changes?limit=10');
  for (const { id, source } of body.data) {
    if (source === 'alignNames')
      expect((await ended(system.edge, id)).body).toMatchObject({ status: 'done' });
  }
  return first;
}

async function columnsOf(table: string): Promise<string> {
  const rows = await system.sql(
    `select column_name from information_schema.columns
    where table_schema = 'main_data' and table_name = $1 and column_name not in ('id', 'created_at', 'updated_at')
    order by 1`,
    [table],
  );
  return rows.map((row) => row['column_name']).join();
}

const rulesOf = (table: string) =>
  system.sql(
    `select conname as name from pg_constraint where conrelid = to_regclass($1) and contype in ('c', 'f')
    union all
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = to_regclass($1) and not i.indisprimary`,
    [`main_data.${table}`],
  );

test('alignNames calls table and columns by their names of today, and every rule is known as before', async () => {
  await putModel(system.edge, 'person', { fields: [{ name: 'name', type: 'text' }] });
  await putModel(system.edge, 'movie', {
    fields: [
      { name: 'title', type: 'text', unique: true, maxLength: 20 },
      { name: 'year', type: 'text' },
      { name: 'note', type: 'text' },
      { name: 'director', type: 'reference', to: 'person' },
      { name: 'sequel_of', type: 'reference', to: 'movie' },
    ],
    indexes: [{ fields: ['-year', 'title'] }],
  });
  await done({ op: 'addField', model: 'person', field: { name: 'best', type: 'reference', to: 'movie' } });
  const records = '/v1/main/records/film';
  const person = await system.edge.request('POST', '/v1/main/records/person', { name: 'p' });
  await system.edge.request('POST', '/v1/main/records/movie', {
    title: 'a',
    year: '1990',
    director: person.body.id,
  });
  await done({ op: 'alterField', model: 'movie', field: 'year', set: { type: 'integer', min: 1888 } });
  await done(
    { op: 'renameModel', from: 'movie', to: 'film' },
    { op: 'renameModel', from: 'person', to: 'human' },
    rename('film', 'title', 'name'),
    rename('film', 'director', 'made_by'),
    { op: 'dropField', model: 'film', field: 'note' },
  );
  expect(await columnsOf('movie')).toBe('director,sequel_of,title,trash.note,trash.year,year_2');

  await align('film', 'human');
  expect(await columnsOf('film')).toBe('made_by,name,sequel_of,trash.4.year,trash.note,year');
  expect(await columnsOf('human')).toBe('best,name');
  const { id, ...record } = (await system.edge.get(records)).body.data[0];
  expect(record).toMatchObject({ name: 'a', year: 1990, made_by: person.body.id });
  expect(await system.sql('select name, year from main.film')).toEqual([{ name: 'a', year: 1990 }]);
  const names = await system.sql(`select table_name, column_name from remodel.trash order by column_name`);
  expect(names).toEqual([
    { table_name: 'film', column_name: 'trash.4.year' },
    { table_name: 'film', column_name: 'trash.note' },
  ]);

  const again = await system.edge.request('POST', records, { name: 'a', year: 2000 });
  expect(again.body).toMatchObject({ code: 'unique_violation', errors: [{ path: '/name' }] });
  const early = await system.edge.request('POST', records, { name: 'b', year: 1800 });
  expect(early.status).toBe(422);
  const orphan = await system.edge.request('POST', records, { sequel_of: person.body.id });
  expect(orphan.body).toMatchObject({ code: 'reference_violation', errors: [{ path: '/sequel_of' }] });
  // The next plan finds each rule, so that it can be taken away, and nothing is left.
  const film = (await system.edge.get('/v1/main/models/film')).body;
  const noChange = await system.edge.request('POST', '/v1/main/plans', { models: [film] });
  expect(noChange.body.steps).toEqual([]);
  await done(
    { op: 'dropUnique', model: 'film', fields: ['name'] },
    { op: 'dropIndex', model: 'film', fields: ['-year', 'name'] },
    { op: 'alterField', model: 'film', field: 'name', set: { maxLength: null } },
    { op: 'alterField', model: 'film', field: 'year', set: { min: null } },
    { op: 'dropField', model: 'film', field: 'made_by' },
    { op: 'dropField', model: 'film', field: 'sequel_of' },
    { op: 'dropField', model: 'human', field: 'best' },
  );
  expect(await rulesOf('film')).toEqual([]);
  expect(await rulesOf('human')).toEqual([]);
  await done({ op: 'dropField', model: 'film', field: 'year' });
  expect(await columnsOf('film')).toBe(
    'name,trash.4.year,trash.made_by,trash.note,trash.sequel_of,trash.year',
  );
  expect((await system.edge.get(`${records}/${id}`)).body).toMatchObject({ name: 'a' });
  // Names that were left are given to nothing new, for ids were made of them.
  await putModel(system.edge, 'movie', { fields: [] });
  expect((await system.edge.get('/v1/main/records/movie')).body.data).toEqual([]);
  expect(await columnsOf('movie_2')).toBe('');
});

test('an alignment that is planned before grace is over is the one that is made after it', async () => {
  await putModel(system.edge, 'vase', { fields: [{ name: 'height', type: 'text' }] });
  const type = { op: 'alterField', model: 'vase', field: 'height', set: { type: 'integer' } };
  expect((await change(system.edge, operations(type))).body).toMatchObject({ status: 'published' });
  const { plan } = await align('vase');
  expect(plan.warnings).toEqual([]);
  expect(await columnsOf('vase')).toBe('height,trash.3.height');
});

test('a field that is planned behind an alignment keeps off the names that it leaves', async () => {
  await putModel(system.edge, 'jug', { fields: [{ name: 'height', type: 'text' }] });
  const held = holdFirst(system.traffic, (entry) => hasCommand(entry, 'EVAL'));
  const send = async (operation: object) => {
    const plan = await system.edge.request('POST', '/v1/main/plans', operations(operation));
    const sent = await system.edge.request('POST', '/v1/main/changes', {
      ...operations(operation),
      confirm: plan.body.hash,
    });
    expect(sent.status).toBe(202);
    return sent.body.id;
  };
  const ids = [await send(rename('jug', 'height', 'depth'))];
  await held.reached;
  ids.push(await send({ op: 'renameModel', from: 'jug', to: 'mug' }));
  ids.push(await send({ op: 'alignNames', model: 'mug' }));
  ids.push(await send({ op: 'addField', model: 'mug', field: { name: 'height', type: 'integer' } }));
  ids.push(await send({ op: 'createModel', definition: { name: 'jug', fields: [] } }));
  held.release();
  system.traffic.reset();
  for (const id of ids) expect((await ended(system.edge, id)).body).toMatchObject({ status: 'done' });
  expect([await columnsOf('mug'), await columnsOf('jug_2')]).toEqual(['depth,height_2', '']);
});

test('two models that exchanged their names get the tables of these names', async () => {
  await putModel(system.edge, 'cat', { fields: [{ name: 'purrs', type: 'boolean' }] });
  await putModel(system.edge, 'dog', { fields: [{ name: 'barks', type: 'boolean' }] });
  await done(
    { op: 'renameModel', from: 'cat', to: 'exchanged' },
    { op: 'renameModel', from: 'dog', to: 'cat' },
    { op: 'renameModel', from: 'exchanged', to: 'dog' },
  );
  const { plan } = await align('cat', 'dog');
  expect(plan.warnings).toHaveLength(2);
  expect([await columnsOf('cat'), await columnsOf('dog')]).toEqual(['barks', 'purrs']);
  await system.edge.request('POST', '/v1/main/records/dog', { purrs: true });
  expect(await system.sql('select purrs from main_data.dog')).toEqual([{ purrs: true }]);
});

test('a request between the commit of exchanged names and their head reads and writes the right fields', async () => {
  const fields = ['left', 'right'].map((name) => ({ name, type: 'text' }));
  await putModel(system.edge, 'pair', { fields });
  const { id } = (await system.edge.request('POST', '/v1/main/records/pair', { left: 'l', right: 'r' })).body;
  const path = `/v1/main/records/pair/${id}`;
  await done(...exchange('pair', 'left', 'right'));
  const [reader, writer] = [system.isolates[1], system.isolates[2]];
  for (const isolate of [reader, writer]) expect((await isolate?.get(path))?.status).toBe(200);

  const head = holdFirst(system.traffic, (entry) => hasCommand(entry, 'EVAL'));
  const sent = system.edge.request(
    'POST',
    '/v1/main/changes',
    operations({ op: 'alignNames', model: 'pair' }),
  );
  await head.reached;
  expect((await reader?.get(path))?.body).toMatchObject({ left: 'r', right: 'l' });
  expect((await writer?.request('PATCH', path, { left: 'w' }))?.body).toMatchObject({
    left: 'w',
    right: 'l',
  });
  head.release();
  await ended(system.edge, (await sent).body.id);
  system.traffic.reset();
  await align('pair');
  expect(await system.sql('select "left", "right" from main_data.pair')).toEqual([{ left: 'w', right: 'l' }]);
  expect((await reader?.get(path))?.body).toMatchObject({ left: 'w', right: 'l' });
});

test('isolates at work meet alignments, exchanged names included, and no request fails or goes astray', {
  timeout: 180_000,
}, async () => {
  const names = ['f_one', 'f_two', 'f_three'];
  await putModel(system.edge, 'ledger', { fields: names.map((name) => ({ name, type: 'text' })) });
  const clients = Array.from({ length: 6 }, (_, n) => new LedgerClient(system.isolates, n));
  let isOver = false;
  const working = Promise.all(clients.map((client) => client.run(() => isOver)));
  try {
    for (let round = 0; round < 3; round++) {
      // The help text makes each definition one that never was before: its hash tells its version.
      const mark = { op: 'alterField', model: 'ledger', field: 'f_three', set: { help: `${round}` } };
      await change(system.edge, operations(mark, ...exchange('ledger', 'f_one', 'f_two')));
      await change(system.edge, operations(rename('ledger', 'f_three', `f_${round}`)));
      await align('ledger');
      expect(await columnsOf('ledger')).toBe([...names.slice(0, 2), `f_${round}`].sort().join());
      await change(system.edge, operations(rename('ledger', `f_${round}`, 'f_three')));
      await align('ledger');
    }
  } finally {
    isOver = true;
  }
  await working;
  expect(clients.flatMap((client) => client.failures).map((answer) => answer.body)).toEqual([]);

  const { body } = await system.edge.get('/v1/main/models/ledger/versions');
  const versions = new Map<string, Version>(body.data.map((version: Version) => [version.hash, version]));
  const expected = new Map<string, Map<string, string>>();
  for (const event of clients.flatMap((client) => client.events)) replay(event, versions, expected);
  const rows = await system.sql(`select id::text, ${names.join(', ')} from main_data.ledger`);
  expect(rows.length).toBe(expected.size);
  expect(rows.length).toBeGreaterThan(50);
  const fields = new Map(
    body.data[0].fields.map((field: { id: string; name: string }) => [field.id, field.name]),
  );
  for (const row of rows) {
    for (const [id, value] of expected.get(String(row['id'])) ?? []) {
      expect(row[String(fields.get(id))]).toBe(value);
    }
  }
});
