import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS, type Operation } from '../../operations/operations.ts';
import { numberOf, OTHERS, type ShownField, valueFor } from '../../operations/values.ts';
import { confirmed, ended, published, putModel } from '../../stack/changes.ts';
import type { Isolate } from '../../stack/isolate.ts';
import { type System, startSystem } from '../../stack/system.ts';
import { LoadClient } from './client.ts';

/** Rows in each table; the figure that is asked for is 200,000. */
const ROWS = Number(process.env['LOAD_ROWS'] ?? 1000);
const BATCH = 1000;
const GRACE_SECONDS = 1;

describe('while clients of the old and the new class are at work', () => {
  let system: System;
  /** Keeps a head for nearly as long as grace: it goes on with the class before. */
  let slow: Isolate;

  beforeAll(async () => {
    system = await startSystem({ bindings: { GRACE_SECONDS: String(GRACE_SECONDS) } });
    slow = await system.startIsolate({ HASH_TTL_MS: '500' });
    await putModel(system.edge, 'other', { fields: [{ name: 'title', type: 'text', index: true }] });
    expect((await system.edge.request('POST', '/v1/main/records/other', OTHERS)).status).toBe(201);
  });
  afterAll(() => system.stop());

  async function fill(model: string, fields: readonly ShownField[], numbers: number): Promise<void> {
    for (let from = 0; from < ROWS; from += BATCH) {
      const rows = Array.from({ length: Math.min(BATCH, ROWS - from) }, (_, n) =>
        Object.fromEntries(fields.map((field) => [field.name, valueFor(field, (from + n) % numbers)])),
      );
      const answer = await system.edge.request('POST', `/v1/main/records/${model}`, rows);
      expect(answer.body.errors ?? answer.status).toBe(201);
    }
  }

  test.each(
    OPERATIONS.filter(({ isGone }) => !isGone).map((operation, n) => ({ ...operation, model: `load_${n}` })),
  )(
    '$name: no request fails, and no acknowledged write is lost or elsewhere',
    { timeout: 120_000 + ROWS },
    async ({ model, ...operation }) => {
      const put = await putModel(system.edge, model, { fields: operation.fields });
      const made = await published(system.edge, put.body.id);
      expect(made.body.error ?? made.status).toBe(200);
      const { body: before } = await system.edge.get(`/v1/main/models/${model}`);
      const { numbers = 1000 } = operation;
      await fill(model, before.fields, numbers);
      let name = model;
      let next = ROWS;
      const number = () => {
        next += 1;
        return next % numbers;
      };
      const clients = [system.edge, slow, system.edge, slow].map(
        (edge) => new LoadClient(edge, () => name, number),
      );
      let isOver = false;
      const working = Promise.all(clients.map((client) => client.run(() => isOver)));
      try {
        const sent = await confirmed(system.edge, operation.change(model));
        const { status } = (await published(system.edge, sent.body.id)).body;
        expect(sent.body.errors ?? status).toMatch(/published|done/);
        name = operation.renamedTo?.(model) ?? model;
        const { body } = await ended(system.edge, sent.body.id);
        expect(body.error ?? body.status).toBe('done');
      } finally {
        isOver = true;
        await working;
      }

      expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
      await expectAcknowledged(clients, name, operation);
    },
  );

  async function expectAcknowledged(
    clients: readonly LoadClient[],
    model: string,
    { dropped = [] }: Operation,
  ): Promise<void> {
    const { body } = await system.edge.get(`/v1/main/models/${model}`);
    const fields = new Map<string, ShownField>(body.fields.map((field: ShownField) => [field.id, field]));
    const records = clients.flatMap(({ acknowledged }) => [...acknowledged]);
    expect(records.length).toBeGreaterThan(4);
    const stored = await everyRecord(model);
    for (const [id, values] of records) {
      for (const [fieldId, n] of values) {
        const field = fields.get(fieldId);
        if (!field || valueFor(field, n) === undefined) expect(dropped).toHaveLength(1);
        else
          expect([id, field.name, numberOf(field, stored.get(id)?.[field.name])]).toEqual([
            id,
            field.name,
            n,
          ]);
      }
    }
    expect(stored.size).toBe(ROWS + records.length);
  }

  async function everyRecord(model: string): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
    const found = new Map<string, Readonly<Record<string, unknown>>>();
    for (let next: string | null = ''; next !== null; ) {
      const cursor = next === '' ? '' : `&cursor=${next}`;
      const { body } = await system.edge.get(`/v1/main/records/${model}?limit=1000${cursor}`);
      for (const record of body.data) found.set(record.id, record);
      next = body.page.next;
    }
    return found;
  }
});
