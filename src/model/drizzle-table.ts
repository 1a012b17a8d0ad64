import {
  bigint,
  boolean,
  date,
  doublePrecision,
  geometry,
  integer,
  interval,
  jsonb,
  numeric,
  type PgColumnBuilderBase,
  type PgTable,
  pgSchema,
  point,
  text,
  time,
  timestamp,
  uuid,
  vector,
} from 'drizzle-orm/pg-core';
import { schemaOf } from '../definition/adopted.ts';
import type { Definition, Field, FieldType, KeyType } from '../definition/definition.ts';
import { keyField, momentsOf } from '../definition/system-fields.ts';

const KEYS: Readonly<Record<KeyType, (column: string) => PgColumnBuilderBase>> = {
  uuid: (column) => uuid(column),
  bigint: (column) => bigint(column, { mode: 'bigint' }),
  text: (column) => text(column),
};

const moment = (column: string) => timestamp(column, { withTimezone: true, mode: 'string' });

/** Null for what has no column. */
const COLUMNS: Readonly<Record<FieldType, ((column: string, field: Field) => PgColumnBuilderBase) | null>> = {
  text,
  integer,
  bigint: (column) => bigint(column, { mode: 'bigint' }),
  decimal: (column) => numeric(column),
  float: doublePrecision,
  boolean,
  date: (column) => date(column),
  time: (column) => time(column),
  timestamp: moment,
  interval: (column) => interval(column),
  uuid: (column) => uuid(column),
  json: jsonb,
  choice: text,
  choices: (column) => text(column).array(),
  email: text,
  url: text,
  point: (column, { postgis }) =>
    postgis ? geometry(column, { type: 'point', srid: 4326, mode: 'tuple' }) : point(column),
  vector: (column, { dimensions = 1 }) => vector(column, { dimensions }),
  reference: (column, field) => KEYS[field.toKey ?? 'uuid'](column),
  references: null,
};

/** The drizzle table of a definition: fields by today's names over the columns of always. */
export function drizzleTable(workspace: string, definition: Definition): PgTable {
  const columns: Record<string, PgColumnBuilderBase> = {
    id: KEYS[definition.key](keyField(definition).column),
    ...Object.fromEntries(momentsOf(definition).map((name) => [name, moment(name)])),
  };
  for (const field of definition.fields) {
    const column = COLUMNS[field.type]?.(field.column, field);
    if (column) columns[field.name] = column;
  }
  return pgSchema(schemaOf(workspace, definition)).table(definition.table, columns);
}
