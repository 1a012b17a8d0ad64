import type { EstimatedSizes } from '../plan/estimate-seconds.ts';
import type { TableName } from '../plan/steps/step-kind.ts';
import { quoteTable } from '../plan/steps/table-sql.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { number, text } from './columns.ts';

/** Rows of about 100 bytes. */
const ROWS_OF_A_PAGE = 80;

/** The rows of tables by their size, and by how many rows a page had when Postgres last looked; else by a guess. */
export async function estimateSizes(
  database: Database,
  tables: readonly TableName[],
): Promise<EstimatedSizes> {
  if (tables.length === 0) return new Map();
  const rows = await database.query(sql`
    select
      n.nspname as schema,
      c.relname as table,
      pg_relation_size(c.oid)::text as bytes,
      ceil(
        pg_relation_size(c.oid) / 8192.0
        * case when c.relpages > 0 then c.reltuples / c.relpages else ${ROWS_OF_A_PAGE}::double precision end
      )::bigint::text as rows
    from json_to_recordset(${tables}::json) as wanted ("schema" text, "table" text)
    join pg_namespace n on n.nspname = wanted.schema
    join pg_class c on c.relnamespace = n.oid and c.relname = wanted.table
    where c.relkind = 'r'
  `);
  return new Map(
    rows.map((row) => [
      quoteTable({ schema: text(row, 'schema'), table: text(row, 'table') }),
      { rows: number(row, 'rows'), bytes: number(row, 'bytes') },
    ]),
  );
}
