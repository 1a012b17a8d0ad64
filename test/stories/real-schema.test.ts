import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change, confirmed, ended } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';
import { CLOSING } from './northwind/closing.ts';
import { CUSTOMERS } from './northwind/customers.ts';
import { DEFINITIONS, TABLES } from './northwind/definitions.ts';
import type { Entry } from './northwind/entry.ts';
import { HandMadeCopy } from './northwind/hand-made-copy.ts';
import { ORDERS } from './northwind/orders.ts';
import { PRODUCTS } from './northwind/products.ts';
import { Reader } from './northwind/reader.ts';
import { type Row, readSource } from './northwind/source.ts';
import { everyRecord, modelNames } from './northwind/store.ts';
import { SUPPLIERS } from './northwind/suppliers.ts';

const CHAIN: readonly Entry[] = [...CUSTOMERS, ...ORDERS, ...PRODUCTS, ...SUPPLIERS, ...CLOSING];

describe('Northwind, a schema that was not made for this', () => {
  let system: System;
  let copy: HandMadeCopy;
  let source: ReadonlyMap<string, readonly Row[]>;
  const byId = (rows: readonly Row[] = []) => new Map(rows.map((row) => [row['id'], row]));
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await system.edge.request(method, `/v1/main/records/${path}`, body);
    expect(answer.body.errors ?? answer.status).toBeOneOf([200, 201, 204]);
    return answer.body;
  };

  beforeAll(async () => {
    system = await startSystem({ isolates: 2, bindings: { GRACE_SECONDS: '0.25' } });
    copy = await HandMadeCopy.start(system.urls.owner);
    source = await readSource();
    const made = await change(system.edge, { models: DEFINITIONS });
    expect(made.body.errors ?? made.body.status).toBe('done');
    for (const [model, rows] of source) {
      // Keys that are numbers count up by themselves, as they did in the source; the circle is closed afterwards.
      const sent = rows.map(({ id, last_order: _later, ...row }) =>
        model === 'order' ? { id, ...row } : row,
      );
      await ask('POST', model, sent);
    }
    for (const { id, last_order } of source.get('customer') ?? []) {
      await ask('PATCH', `customer/${id}`, { last_order });
    }
  });
  afterAll(async () => {
    await copy.stop();
    await system.stop();
  });

  test('comes in whole, by one declaration and the API for records', async () => {
    for (const [model, rows] of source)
      expect(byId(await everyRecord(system.edge, model))).toEqual(byId(rows));
  });

  test('holds, after each of a hundred changes, what the same by hand in SQL does', async () => {
    await copy.run(TABLES);
    for (const [model, rows] of source) await copy.insert(model, rows);
    await copy.run('alter table customer add foreign key (last_order) references "order" on delete set null');
    const expectSame = async (what: unknown, isAsked: (model: string) => boolean = () => true) => {
      const tables = await copy.tables();
      expect((await modelNames(system.edge)).toSorted()).toEqual([...tables.keys()].toSorted());
      for (const [name, columns] of tables) {
        if (!isAsked(name)) continue;
        const [records, expected] = [await everyRecord(system.edge, name), await copy.records(name, columns)];
        expect([name, byId(records)], JSON.stringify(what)).toEqual([name, byId(expected)]);
      }
    };
    await expectSame('the source');
    const reader = new Reader(system.isolates[1] ?? system.edge);
    const reading = reader.run();
    const ids: string[] = [];
    try {
      for (const { byHand, ...entry } of CHAIN) {
        if ('write' in entry) {
          await ask(...entry.write);
          await copy.run(byHand);
          await expectSame(entry);
        } else {
          const { body } = await confirmed(system.edge, entry);
          const failure = body.error ?? body.checks ?? body.errors;
          expect(failure ?? body.status, JSON.stringify(entry)).toBeOneOf(['published', 'done']);
          ids.push(body.id);
          await copy.run(byHand);
          await expectSame(entry, (model) => body.models.includes(model));
        }
      }
      for (const id of ids) expect((await ended(system.edge, id)).body).toMatchObject({ status: 'done' });
    } finally {
      reader.stop();
      await reading;
    }
    await expectSame('the end');
    expect(reader.failures).toEqual([]);
    expect(ids).toHaveLength(100);
  }, 600_000);
});
