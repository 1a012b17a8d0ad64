import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

/** Makes the models that bad input is tried on, and two things. */
export async function makeThings(system: System): Promise<void> {
  await putModel(system.edge, 'person', { fields: [] });
  await putModel(system.edge, 'row', { key: 'bigint', fields: [{ name: 'n', type: 'text' }] });
  const put = await putModel(system.edge, 'thing', {
    fields: [
      { name: 'title', type: 'text', maxLength: 20 },
      { name: 'code', type: 'text', unique: true },
      { name: 'size', type: 'integer', min: 0 },
      { name: 'big', type: 'bigint' },
      { name: 'price', type: 'decimal', precision: 10, scale: 2 },
      { name: 'ratio', type: 'float' },
      { name: 'done', type: 'boolean' },
      { name: 'day', type: 'date' },
      { name: 'moment', type: 'timestamp' },
      { name: 'extra', type: 'json' },
      { name: 'kind', type: 'choice', options: ['a', 'b'] },
      { name: 'owner', type: 'reference', to: 'person' },
    ],
  });
  expect(put.status).toBe(201);
  const made = await system.edge.request('POST', '/v1/main/records/thing', [
    { title: 'same', code: 'x', size: 1 },
    { title: 'same', code: 'y' },
  ]);
  expect(made.status).toBe(201);
}

/** All that must stay as it is: definitions, changes and data. */
async function everything(system: System): Promise<unknown> {
  const [models, changes, ...tables] = await Promise.all([
    system.edge.get('/v1/main/models'),
    system.edge.get('/v1/main/changes'),
    system.sql('select * from main_data.thing order by id'),
    system.sql("select tablename from pg_tables where schemaname like '%\\_data' order by 1"),
  ]);
  return { models: models.body, changes: changes.body, tables };
}

/** A system with the things, for a file of tests each of which must leave all of them as they are. */
export function unharmedThings(): () => System {
  let system: System;
  let before: unknown;
  beforeAll(async () => {
    system = await startSystem();
    await makeThings(system);
  });
  afterAll(() => system.stop());
  beforeEach(async () => {
    before = await everything(system);
  });
  afterEach(async () => {
    expect(await everything(system)).toEqual(before);
  });
  return () => system;
}

/** JSON that is nested as deep as a body may be large. */
export const DEEP = `${'['.repeat(32_768)}${']'.repeat(32_768)}`;

/** A body of texts and bytes. */
export const bytes = (...parts: readonly (string | number)[]) =>
  new Blob(
    parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part)),
    { type: 'application/json' },
  );
