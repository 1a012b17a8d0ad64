import { EDGE_RIGHTS } from './adopt-table.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface GrantTable extends StepBase {
  readonly kind: 'grantTable';
}

/** The edge gets the rights on a table that it has on any. */
export const grantTable: TransactionKind<GrantTable> = {
  mode: 'transaction',
  lock: 'none',
  run: ({ target }) => [`grant ${EDGE_RIGHTS.join(', ')} on ${quoteTable(target)} to remodel_edge`],
};
