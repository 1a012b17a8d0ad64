import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import type { StepBase, TableName, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface TrashTable extends StepBase {
  readonly kind: 'trashTable';
  readonly trashSchema: string;
  /** Of a model's own table; absent for a join table. */
  readonly modelId?: string;
}

/** SQL that moves a table to the trash. What is to come back is looked at by the edge, where it lies. */
export function moveToTrash(table: TableName, trashSchema: string): readonly string[] {
  const schema = quoteIdentifier(trashSchema);
  return [
    `create schema if not exists ${schema}`,
    `grant usage on schema ${schema} to remodel_edge`,
    `alter table ${quoteTable(table)} set schema ${schema}`,
  ];
}

/** SQL that notes where the table of a model lies; null: where it stood. */
export function noteWhere(modelId: string | undefined, schema: string | null): readonly string[] {
  if (modelId === undefined) return [];
  const value = schema === null ? 'null' : quoteLiteral(schema);
  return [
    `update remodel.trash set schema_name = ${value} where model_id = ${quoteLiteral(modelId)} and kind = 'model'`,
  ];
}

/** Out of the way, with its rows, indexes and constraints. */
export const trashTable: TransactionKind<TrashTable> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: ({ target, trashSchema, modelId }) => [
    ...moveToTrash(target, trashSchema),
    ...noteWhere(modelId, trashSchema),
  ],
};
