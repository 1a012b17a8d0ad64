import { expect } from 'vitest';
import { putModel } from '../stack/changes.ts';
import type { System } from '../stack/system.ts';

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
export async function everything(system: System): Promise<unknown> {
  const [models, changes, ...tables] = await Promise.all([
    system.edge.get('/v1/main/models'),
    system.edge.get('/v1/main/changes'),
    system.sql('select * from main_data.thing order by id'),
    system.sql("select tablename from pg_tables where schemaname like '%\\_data' order by 1"),
  ]);
  return { models: models.body, changes: changes.body, tables };
}
