import { uuid } from 'drizzle-orm/pg-core';
import { KIND, type MigrationOperation, pushedTable, pushSchema } from '../operation.ts';

const kind = pushSchema.table('kind', { id: uuid().primaryKey() });
const loose = { kind, item: pushedTable({ kind: uuid() }) };
const bound = { kind, item: pushedTable({ kind: uuid().references(() => kind.id) }) };
const reference = { name: 'kind', type: 'reference', to: KIND };
const values = { kind: 'kind' };

const addKey = (table: string, onDelete: string) =>
  `alter table ${table} add constraint item_kind_fk foreign key (kind) references bench.kind (id) on delete ${onDelete}`;

/** What refers to records of another model. */
export const REFERENCE_OPERATIONS: readonly MigrationOperation[] = [
  {
    name: 'add reference, null',
    change: (model) => ({ operations: [{ op: 'addField', model, field: reference }] }),
    naive: (table) => [
      `alter table ${table} add column kind uuid references bench.kind (id)`,
      `create index item_kind_idx on ${table} (kind)`,
    ],
    pushed: [{ kind, item: pushedTable({}) }, bound],
  },
  {
    name: 'uuid to reference, over values',
    fields: [{ name: 'kind', type: 'uuid' }],
    values,
    change: (model) => ({ operations: [{ op: 'alterField', model, field: 'kind', set: reference }] }),
    naive: (table) => [addKey(table, 'restrict'), `create index item_kind_idx on ${table} (kind)`],
    pushed: [loose, bound],
  },
  {
    name: 'reference to uuid',
    fields: [reference],
    values,
    change: (model) => ({
      operations: [
        { op: 'alterField', model, field: 'kind', set: { type: 'uuid', to: null, onDelete: null } },
      ],
    }),
    prepared: (table) => [addKey(table, 'restrict')],
    naive: (table) => [`alter table ${table} drop constraint item_kind_fk`],
    pushed: [bound, loose],
  },
  {
    name: 'reference to list',
    fields: [reference],
    values,
    change: (model) => ({
      operations: [{ op: 'alterField', model, field: 'kind', set: { type: 'references' } }],
    }),
    naive: (table) => [
      `create table bench.part (
        source uuid references ${table} (id) on delete cascade,
        target uuid references bench.kind (id),
        primary key (source, target)
      )`,
      `insert into bench.part select id, kind from ${table} where kind is not null`,
      `create index part_target_idx on bench.part (target)`,
      `alter table ${table} drop column kind`,
    ],
  },
  {
    name: 'drop reference',
    fields: [reference],
    values,
    change: (model) => ({ operations: [{ op: 'dropField', model, field: 'kind' }] }),
    prepared: (table) => [addKey(table, 'restrict')],
    naive: (table) => [`alter table ${table} drop column kind`],
    pushed: [bound, { kind, item: pushedTable({}) }],
  },
  {
    name: 'change onDelete',
    fields: [reference],
    values,
    change: (model) => ({
      operations: [{ op: 'alterField', model, field: 'kind', set: { onDelete: 'setNull' } }],
    }),
    prepared: (table) => [addKey(table, 'restrict')],
    naive: (table) => [`alter table ${table} drop constraint item_kind_fk`, addKey(table, 'set null')],
    pushed: [
      bound,
      { kind, item: pushedTable({ kind: uuid().references(() => kind.id, { onDelete: 'set null' }) }) },
    ],
  },
];
