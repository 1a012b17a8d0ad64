import { sql } from 'drizzle-orm';
import { integer, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { type MigrationOperation, pushedTable } from '../operation.ts';

const plainTable = { item: pushedTable({}) };
const withCode = { item: pushedTable({ code: text() }) };
const code = { name: 'code', type: 'text' };
const codes = { code: `'c' || n` };

/** Fields and models that come, go, and get other names. */
export const FIELD_OPERATIONS: readonly MigrationOperation[] = [
  {
    name: 'create a model that refers to it',
    change: (model) => ({
      operations: [
        {
          op: 'createModel',
          definition: { name: `${model}_part`, fields: [{ name: 'whole', type: 'reference', to: model }] },
        },
      ],
    }),
    naive: (table) => [
      `create table bench.part (id uuid primary key, whole uuid references ${table} (id))`,
      'create index on bench.part (whole)',
    ],
  },
  {
    name: 'add field, null',
    change: (model) => ({ operations: [{ op: 'addField', model, field: code }] }),
    naive: (table) => [`alter table ${table} add column code text`],
    pushed: [plainTable, withCode],
  },
  {
    name: 'add field, constant default',
    change: (model) => ({
      operations: [{ op: 'addField', model, field: { name: 'size', type: 'integer', default: 7 } }],
    }),
    naive: (table) => [`alter table ${table} add column size integer default 7`],
    pushed: [plainTable, { item: pushedTable({ size: integer().default(7) }) }],
  },
  {
    name: 'add field, default now()',
    change: (model) => ({
      operations: [
        { op: 'addField', model, field: { name: 'seen_at', type: 'timestamp', default: { fn: 'now' } } },
      ],
    }),
    naive: (table) => [`alter table ${table} add column seen_at timestamp with time zone default now()`],
    pushed: [plainTable, { item: pushedTable({ seen_at: timestamp({ withTimezone: true }).defaultNow() }) }],
  },
  {
    name: 'add field, default uuid',
    change: (model) => ({
      operations: [
        { op: 'addField', model, field: { name: 'token', type: 'uuid', default: { fn: 'uuid' } } },
      ],
    }),
    naive: (table) => [`alter table ${table} add column token uuid default gen_random_uuid()`],
    pushed: [plainTable, { item: pushedTable({ token: uuid().defaultRandom() }) }],
  },
  {
    name: 'add required field with a value',
    change: (model) => ({
      operations: [{ op: 'addField', model, field: { ...code, required: true } }],
      backfill: { [`${model}.code`]: 'unknown' },
    }),
    naive: (table) => [
      `alter table ${table} add column code text`,
      `update ${table} set code = 'unknown'`,
      `alter table ${table} alter column code set not null`,
    ],
    pushed: [plainTable, { item: pushedTable({ code: text().notNull() }) }],
    note: 'drizzle-kit push would empty the table first',
  },
  {
    name: 'rename field',
    fields: [code],
    values: codes,
    change: (model) => ({ operations: [{ op: 'renameField', model, from: 'title', to: 'heading' }] }),
    naive: (table) => [`alter table ${table} rename column title to heading`],
    pushed: [withCode, { item: pushedTable({ mark: text() }) }],
    note: 'the naive way fails every statement that still uses the old name',
  },
  {
    name: 'rename model',
    change: (model) => ({ operations: [{ op: 'renameModel', from: model, to: `${model}_renamed` }] }),
    naive: (table) => [`alter table ${table} rename to renamed`],
    note: 'the naive way fails every statement that still uses the old name',
  },
  {
    name: 'align the column of a renamed field',
    fields: [code],
    values: codes,
    first: (model) => ({ operations: [{ op: 'renameField', model, from: 'code', to: 'mark' }] }),
    change: (model) => ({ operations: [{ op: 'alignNames', model }] }),
    naive: (table) => [`alter table ${table} rename column code to mark`],
  },
  {
    name: 'drop field',
    fields: [code],
    values: codes,
    change: (model) => ({ operations: [{ op: 'dropField', model, field: 'code' }] }),
    naive: (table) => [`alter table ${table} drop column code`],
    pushed: [withCode, plainTable],
  },
  {
    name: 'drop model',
    change: (model) => ({ operations: [{ op: 'dropModel', model }] }),
    naive: (table) => [`drop table ${table}`],
    note: 'statements fail once the table is gone, which here follows at once, as grace is zero',
  },
  {
    name: 'set a default',
    fields: [code],
    values: codes,
    change: (model) => ({
      operations: [{ op: 'alterField', model, field: 'code', set: { default: 'none' } }],
    }),
    naive: (table) => [`alter table ${table} alter column code set default 'none'`],
    pushed: [withCode, { item: pushedTable({ code: text().default('none') }) }],
  },
  {
    name: 'drop a default',
    fields: [{ ...code, default: 'none' }],
    values: codes,
    change: (model) => ({ operations: [{ op: 'alterField', model, field: 'code', set: { default: null } }] }),
    naive: (table) => [`alter table ${table} alter column code drop default`],
    pushed: [{ item: pushedTable({ code: text().default(sql`'none'`) }) }, withCode],
  },
];
