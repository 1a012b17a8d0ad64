import { point } from 'drizzle-orm/pg-core';
import { KIND, type MigrationOperation, pushedTable } from '../operation.ts';

const table = pushedTable;
const add = (field: object) => (model: string) => ({ operations: [{ op: 'addField', model, field }] });
const alter = (set: object) => (model: string) => ({
  operations: [{ op: 'alterField', model, field: 'v', set }],
});
const OPTIONS = ['new', 'old'];

/** Fields that are more than a value: computed, lists, points, links; and the key. */
export const SHAPE_OPERATIONS: readonly MigrationOperation[] = [
  {
    name: 'add computed',
    change: add({ name: 'v', type: 'computed', expression: '"counter" * 2' }),
    naive: (on) => [`alter table ${on} add column v integer generated always as (counter * 2) stored`],
  },
  {
    name: 'add point',
    change: add({ name: 'v', type: 'point' }),
    naive: (on) => [`alter table ${on} add column v point`],
    pushed: [{ item: table({}) }, { item: table({ v: point() }) }],
  },
  {
    name: 'add list of references',
    change: add({ name: 'v', type: 'references', to: KIND }),
    naive: (on) => [
      `create table bench.part (item uuid references ${on} (id), kind uuid references bench.kind (id), primary key (item, kind))`,
    ],
  },
  {
    name: 'choice to choices',
    fields: [{ name: 'v', type: 'choice', options: OPTIONS }],
    values: { v: `case when n % 2 = 0 then 'new' else 'old' end` },
    change: alter({ type: 'choices', options: OPTIONS }),
    naive: (on) => [`alter table ${on} alter column v type text[] using array[v]`],
  },
  {
    name: 'text to interval',
    fields: [{ name: 'v', type: 'text' }],
    values: { v: `'PT' || n || 'S'` },
    change: alter({ type: 'interval' }),
    naive: (on) => [`alter table ${on} alter column v type interval using v::interval`],
  },
  {
    name: 'text to reference by a field of the target',
    fields: [{ name: 'v', type: 'text' }],
    values: { v: `'kind ' || (1 + n % 100)` },
    change: (model) => ({
      ...alter({ type: 'reference', to: KIND })(model),
      conversions: { [`${model}.v`]: { match: 'label' } },
    }),
    naive: (on) => [
      `alter table ${on} add column kind uuid references main_data.${KIND} (id)`,
      `update ${on} as t set kind = k.id from main_data.${KIND} as k where k.label = t.v`,
      `create index item_kind_idx on ${on} (kind)`,
    ],
  },
  {
    name: 'change the key',
    // The column of the key is another one at the end: those who read by SQL do so by the view.
    byView: true,
    change: (model) => ({ operations: [{ op: 'changeKey', model, key: 'text' }] }),
    naive: (on) => [`alter table ${on} alter column id type text`],
  },
  {
    name: 'change the key of what others refer to',
    values: { v: 'id' },
    first: (model) => ({
      operations: [{ op: 'addField', model, field: { name: 'v', type: 'reference', to: model } }],
    }),
    byView: true,
    change: (model) => ({ operations: [{ op: 'changeKey', model, key: 'text' }] }),
    prepared: (on) => [`alter table ${on} add constraint item_v_fkey foreign key (v) references ${on} (id)`],
    naive: (on) => [
      `alter table ${on} drop constraint item_v_fkey, alter column id type text, alter column v type text`,
      `alter table ${on} add constraint item_v_fkey foreign key (v) references ${on} (id)`,
    ],
  },
];
