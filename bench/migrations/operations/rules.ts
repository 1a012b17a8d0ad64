import { sql } from 'drizzle-orm';
import { check, integer, text } from 'drizzle-orm/pg-core';
import { type MigrationOperation, PUSHED_COLUMNS, pushedTable, pushSchema } from '../operation.ts';

const text1 = { code: text() };
const withCode = { item: pushedTable(text1) };
const requiredCode = { item: pushedTable({ code: text().notNull() }) };
const withSize = { item: pushedTable({ size: integer() }) };
const checked = {
  item: pushSchema.table('item', { ...PUSHED_COLUMNS, size: integer() }, (t) => [
    check('item_size_check', sql`${t.size} >= 0`),
  ]),
};
const code = { name: 'code', type: 'text' };
const codes = { code: `'c' || n` };
const size = { name: 'size', type: 'integer' };
const sizes = { size: 'n' };

const alter = (field: string, set: object) => (model: string) => ({
  operations: [{ op: 'alterField', model, field, set }],
});

const addCheck = (name: string, set: object, expression: string): MigrationOperation => ({
  name,
  fields: [code],
  values: codes,
  change: alter('code', set),
  naive: (table) => [`alter table ${table} add constraint item_check check (${expression})`],
});

/** What the values of a field have to be. */
export const RULE_OPERATIONS: readonly MigrationOperation[] = [
  {
    name: 'set required',
    fields: [code],
    values: codes,
    change: alter('code', { required: true }),
    naive: (table) => [`alter table ${table} alter column code set not null`],
    pushed: [withCode, requiredCode],
  },
  {
    name: 'set required, half of it null',
    fields: [code],
    values: { code: `case when n % 2 = 0 then 'c' || n end` },
    change: (model) => ({
      ...alter('code', { required: true })(model),
      backfill: { [`${model}.code`]: 'none' },
    }),
    naive: (table) => [
      `update ${table} set code = 'none' where code is null`,
      `alter table ${table} alter column code set not null`,
    ],
  },
  {
    name: 'drop required',
    fields: [{ ...code, required: true }],
    values: codes,
    change: alter('code', { required: false }),
    naive: (table) => [`alter table ${table} alter column code drop not null`],
    pushed: [requiredCode, withCode],
  },
  {
    name: 'add check: min',
    fields: [size],
    values: sizes,
    change: alter('size', { min: 0 }),
    naive: (table) => [`alter table ${table} add constraint item_size_check check (size >= 0)`],
    pushed: [withSize, checked],
  },
  {
    name: 'drop check: min',
    fields: [{ ...size, min: 0 }],
    values: sizes,
    change: alter('size', { min: null }),
    prepared: (table) => [`alter table ${table} add constraint item_size_check check (size >= 0)`],
    naive: (table) => [`alter table ${table} drop constraint item_size_check`],
    pushed: [checked, withSize],
  },
  addCheck('add check: maxLength', { maxLength: 20 }, 'char_length(code) <= 20'),
  addCheck('add check: pattern', { pattern: '^c[0-9]+$' }, `code ~ '^c[0-9]+$'`),
  {
    name: 'add choice option',
    fields: [{ name: 'state', type: 'choice', options: ['new', 'old'] }],
    values: { state: `case when n % 2 = 0 then 'new' else 'old' end` },
    change: alter('state', { options: ['new', 'old', 'lost'] }),
    naive: (table) => [
      `alter table ${table} add constraint item_state_check check (state in ('new', 'old', 'lost'))`,
    ],
  },
  {
    name: 'remove unused choice option',
    fields: [{ name: 'state', type: 'choice', options: ['new', 'old', 'lost'] }],
    values: { state: `case when n % 2 = 0 then 'new' else 'old' end` },
    change: alter('state', { options: ['new', 'old'] }),
    naive: (table) => [
      `alter table ${table} add constraint item_state_check check (state in ('new', 'old'))`,
    ],
  },
];
