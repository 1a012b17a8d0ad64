import type { EstimatedRows } from '../plan/show-plan.ts';
import type { TableName } from '../plan/steps/step-kind.ts';
import { quoteTable } from '../plan/steps/table-sql.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { number, text } from './columns.ts';

/** The rows of tables by Postgres' statistics; a table that was never analysed is left out. */
export async function estimateRows(database: Database, tables: readonly TableName[]): Promise<EstimatedRows> {
  if (tables.length === 0) return new Map();
  const rows = await database.query(sql`
    select n.nspname as schema, c.relname as table, c.reltuples::bigint::text as rows
    from json_to_recordset(${tables}::json) as wanted ("schema" text, "table" text)
    join pg_namespace n on n.nspname = wanted.schema
    join pg_class c on c.relnamespace = n.oid and c.relname = wanted.table
    where c.reltuples >= 0
  `);
  return new Map(
    rows.map((row) => [
      quoteTable({ schema: text(row, 'schema'), table: text(row, 'table') }),
      number(row, 'rows'),
    ]),
  );
}
