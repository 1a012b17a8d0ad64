import { index, text, unique } from 'drizzle-orm/pg-core';
import { type MigrationOperation, PUSHED_COLUMNS, pushedTable, pushSchema } from '../operation.ts';

const columns = { ...PUSHED_COLUMNS, code: text() };
const withCode = { item: pushedTable({ code: text() }) };
const uniqueCode = { item: pushSchema.table('item', columns, (t) => [unique('item_code_key').on(t.code)]) };
const indexedCode = { item: pushSchema.table('item', columns, (t) => [index('item_code_idx').on(t.code)]) };
const code = { name: 'code', type: 'text' };
const common = { fields: [code], values: { code: `'c' || n` } };

/** Indexes, of one field and of several. */
export const INDEX_OPERATIONS: readonly MigrationOperation[] = [
  {
    name: 'add unique',
    ...common,
    change: (model) => ({ operations: [{ op: 'addUnique', model, fields: ['code'] }] }),
    naive: (table) => [`alter table ${table} add constraint item_code_key unique (code)`],
    pushed: [withCode, uniqueCode],
  },
  {
    name: 'add unique, two fields',
    ...common,
    change: (model) => ({ operations: [{ op: 'addUnique', model, fields: ['code', 'title'] }] }),
    naive: (table) => [`alter table ${table} add constraint item_code_title_key unique (code, title)`],
  },
  {
    name: 'drop unique',
    ...common,
    indexes: [{ fields: ['code'], unique: true }],
    change: (model) => ({ operations: [{ op: 'dropUnique', model, fields: ['code'] }] }),
    prepared: (table) => [`alter table ${table} add constraint item_code_key unique (code)`],
    naive: (table) => [`alter table ${table} drop constraint item_code_key`],
    pushed: [uniqueCode, withCode],
  },
  {
    name: 'add index',
    ...common,
    change: (model) => ({ operations: [{ op: 'addIndex', model, fields: ['code'] }] }),
    naive: (table) => [`create index item_code_idx on ${table} (code)`],
    pushed: [withCode, indexedCode],
  },
  {
    name: 'add index, two fields, descending',
    ...common,
    change: (model) => ({ operations: [{ op: 'addIndex', model, fields: ['-code', 'created_at'] }] }),
    naive: (table) => [`create index item_code_created_idx on ${table} (code desc, created_at)`],
  },
  {
    name: 'add index, over some records',
    ...common,
    change: (model) => ({
      operations: [{ op: 'addIndex', model, fields: ['code'], where: { counter: { _gt: 500 } } }],
    }),
    naive: (table) => [`create index item_code_idx on ${table} (code) where counter > 500`],
  },
  {
    name: 'add index, over words',
    ...common,
    change: (model) => ({
      operations: [{ op: 'addIndex', model, fields: ['title', 'code'], kind: 'fullText' }],
    }),
    naive: (table) => [
      `create index item_words_idx on ${table} using gin (to_tsvector('simple', title || ' ' || code))`,
    ],
  },
  {
    name: 'drop index',
    ...common,
    indexes: [{ fields: ['code'] }],
    change: (model) => ({ operations: [{ op: 'dropIndex', model, fields: ['code'] }] }),
    prepared: (table) => [`create index item_code_idx on ${table} (code)`],
    naive: () => ['drop index bench.item_code_idx'],
    pushed: [indexedCode, withCode],
  },
];
