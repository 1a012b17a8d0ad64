import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { TableName } from './step-kind.ts';

/** The quoted, qualified name of a table. */
export function quoteTable(name: TableName): string {
  return `${quoteIdentifier(name.schema)}.${quoteIdentifier(name.table)}`;
}
