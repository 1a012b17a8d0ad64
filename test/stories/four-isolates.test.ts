import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../stack/answer.ts';
import { change, operations, putModel } from '../stack/changes.ts';
import type { Isolate } from '../stack/isolate.ts';
import { hashOf } from '../stack/model-hash.ts';
import { type System, startSystem } from '../stack/system.ts';
import { LedgerClient, replay, type Version } from './ledger.ts';

const CHANGES_EACH = 100;
const FIELDS = ['f_one', 'f_two', 'f_three', 'f_four'];

let system: System;
beforeAll(async () => {
  system = await startSystem({ isolates: 4 });
});
afterAll(() => system.stop());

/** Changes two fields of its own again and again, and looks at every isolate after each publish. */
async function changeAgainAndAgain(writer: number, problems: string[]): Promise<void> {
  const names = FIELDS.slice(writer * 2, writer * 2 + 2);
  const isolate = system.isolates[writer] as Isolate;
  for (let n = 0; n < CHANGES_EACH; n++) {
    const [a = '', b = ''] = names;
    // The help text makes each definition one that never was before: its hash tells its version.
    const mark = { op: 'alterField', model: 'ledger', field: a, set: { help: `${writer}.${n}` } };
    const rename = (from: string, to: string) => ({ op: 'renameField', model: 'ledger', from, to });
    const body = ((): object => {
      switch (n % 4) {
        case 0:
          names[0] = `f_${writer}_${n}`;
          return operations(mark, rename(a, names[0]));
        case 1:
          return operations(mark, rename(a, 'f_swap'), rename(b, a), rename('f_swap', b));
        case 2:
          return operations(mark, {
            op: 'addField',
            model: 'ledger',
            field: { name: `x_${writer}_${n}`, type: 'integer' },
          });
        default:
          return operations(mark, { op: 'alterField', model: 'ledger', field: b, set: { default: `d${n}` } });
      }
    })();
    if (n % 4 === 1) names.reverse();
    const answer = await change(isolate, body);
    const hash = answer.body.plan?.result?.ledger;
    if (!['published', 'done'].includes(answer.body.status)) problems.push(JSON.stringify(answer.body));
    await Promise.all(
      system.isolates.map(async (other, index) => {
        const seen = await other.get('/v1/main/records/ledger?limit=1');
        expectations.push({ isolate: index, published: hash, seen: hashOf(seen, 'ledger') });
        if (seen.status !== 200) problems.push(JSON.stringify(seen.body));
      }),
    );
  }
}

const expectations: { readonly isolate: number; readonly published: string; readonly seen: string }[] = [];

test('four isolates serve each new definition at their next request, and lose no write', {
  timeout: 400_000,
}, async () => {
  const fields = FIELDS.map((name) => ({ name, type: 'text' }));
  expect((await putModel(system.edge, 'ledger', { fields })).status).toBe(201);
  const clients = Array.from({ length: 8 }, (_, n) => new LedgerClient(system.isolates, n));
  const problems: string[] = [];
  let isOver = false;
  const working = Promise.all(clients.map((client) => client.run(() => isOver)));
  await Promise.all([changeAgainAndAgain(0, problems), changeAgainAndAgain(1, problems)]).finally(() => {
    isOver = true;
  });
  await working;
  expect(problems).toEqual([]);
  expect(clients.flatMap((client) => client.failures).map((answer: Answer) => answer.body)).toEqual([]);

  const { body } = await system.edge.get('/v1/main/models/ledger/versions');
  const versions = new Map<string, Version>(body.data.map((version: Version) => [version.hash, version]));
  expect(versions.size).toBe(1 + 2 * CHANGES_EACH);
  const versionOf = (hash: string) => versions.get(hash)?.version ?? Number.NaN;

  const late = expectations.filter(({ published, seen }) => !(versionOf(seen) >= versionOf(published)));
  expect(late).toEqual([]);

  for (const client of clients) {
    const last = new Map<number, number>();
    for (const { isolate, hash } of client.sightings) {
      expect(versionOf(hash)).toBeGreaterThanOrEqual(last.get(isolate) ?? 0);
      last.set(isolate, versionOf(hash));
    }
  }

  const expected = new Map<string, Map<string, string>>();
  for (const event of clients.flatMap((client) => client.events)) replay(event, versions, expected);
  expect(expected.size).toBeGreaterThan(100);
  const rows = await system.sql(`select id::text, ${FIELDS.join(', ')} from main_data.ledger`);
  const final = versions.get(body.data[0].hash) as Version;
  const definition = await system.sql('select body from remodel.definitions where hash = $1', [final.hash]);
  const columns = new Map<string, string>(
    JSON.parse(String(definition[0]?.['body'])).fields.map((field: { id: string; column: string }) => [
      field.id,
      field.column,
    ]),
  );
  expect(rows.length).toBe(expected.size);
  for (const row of rows) {
    for (const [fieldId, value] of expected.get(String(row['id'])) ?? []) {
      expect(row[columns.get(fieldId) ?? '']).toBe(value);
    }
  }
});
