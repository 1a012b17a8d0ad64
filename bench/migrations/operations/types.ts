import { bigint, date, doublePrecision, integer, numeric, text } from 'drizzle-orm/pg-core';
import { type MigrationOperation, pushedTable } from '../operation.ts';

interface TypeChange {
  readonly name: string;
  readonly from: object;
  readonly to: object;
  readonly value: string;
  /** Postgres' type, and how the naive way gets there. */
  readonly type: string;
  readonly using?: string;
  readonly pushed?: MigrationOperation['pushed'];
}

const table = pushedTable;

const CHANGES: readonly TypeChange[] = [
  {
    name: 'integer to bigint',
    from: { type: 'integer' },
    to: { type: 'bigint' },
    value: 'n',
    type: 'bigint',
    pushed: [{ item: table({ v: integer() }) }, { item: table({ v: bigint({ mode: 'bigint' }) }) }],
  },
  {
    name: 'integer to text',
    from: { type: 'integer' },
    to: { type: 'text' },
    value: 'n',
    type: 'text',
    pushed: [{ item: table({ v: integer() }) }, { item: table({ v: text() }) }],
  },
  {
    name: 'text to integer',
    from: { type: 'text' },
    to: { type: 'integer' },
    value: 'n::text',
    type: 'integer',
    using: 'v::integer',
    pushed: [{ item: table({ v: text() }) }, { item: table({ v: integer() }) }],
  },
  {
    name: 'integer to float',
    from: { type: 'integer' },
    to: { type: 'float' },
    value: 'n',
    type: 'double precision',
    pushed: [{ item: table({ v: integer() }) }, { item: table({ v: doublePrecision() }) }],
  },
  {
    name: 'integer to decimal',
    from: { type: 'integer' },
    to: { type: 'decimal', precision: 14, scale: 2 },
    value: 'n',
    type: 'numeric(14,2)',
    pushed: [{ item: table({ v: integer() }) }, { item: table({ v: numeric({ precision: 14, scale: 2 }) }) }],
  },
  {
    name: 'wider decimal',
    from: { type: 'decimal', precision: 10, scale: 2 },
    to: { type: 'decimal', precision: 14, scale: 2 },
    value: 'n',
    type: 'numeric(14,2)',
    pushed: [
      { item: table({ v: numeric({ precision: 10, scale: 2 }) }) },
      { item: table({ v: numeric({ precision: 14, scale: 2 }) }) },
    ],
  },
  {
    name: 'text to date',
    from: { type: 'text' },
    to: { type: 'date' },
    value: `to_char(date '2000-01-01' + n % 9000, 'YYYY-MM-DD')`,
    type: 'date',
    using: 'v::date',
    pushed: [{ item: table({ v: text() }) }, { item: table({ v: date() }) }],
  },
  {
    name: 'date to timestamp',
    from: { type: 'date' },
    to: { type: 'timestamp' },
    value: `date '2000-01-01' + n % 9000`,
    type: 'timestamp with time zone',
  },
  {
    name: 'text to boolean',
    from: { type: 'text' },
    to: { type: 'boolean' },
    value: `case when n % 2 = 0 then 'true' else 'false' end`,
    type: 'boolean',
    using: 'v::boolean',
  },
  {
    name: 'text to choice',
    from: { type: 'text' },
    to: { type: 'choice', options: ['new', 'old'] },
    value: `case when n % 2 = 0 then 'new' else 'old' end`,
    type: `text, add constraint item_v_check check (v in ('new', 'old'))`,
  },
  {
    name: 'text to uuid',
    from: { type: 'text' },
    to: { type: 'uuid' },
    value: 'id::text',
    type: 'uuid',
    using: 'v::uuid',
  },
  {
    name: 'text to json',
    from: { type: 'text' },
    to: { type: 'json' },
    value: `'{"n": ' || n || '}'`,
    type: 'jsonb',
    using: 'v::jsonb',
  },
];

/** Fields of another type than before. */
export const TYPE_OPERATIONS: readonly MigrationOperation[] = CHANGES.map(
  ({ name, from, to, value, type, using, pushed }) => ({
    name,
    fields: [{ name: 'v', ...from }],
    values: { v: value },
    change: (model) => ({ operations: [{ op: 'alterField', model, field: 'v', set: to }] }),
    naive: (on) => [`alter table ${on} alter column v type ${type}${using ? ` using ${using}` : ''}`],
    ...(pushed ? { pushed } : {}),
  }),
);
