import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface TrashColumn extends StepBase {
  readonly kind: 'trashColumn';
  readonly column: string;
  readonly modelId: string;
}

const TRASHED = 'trash.';

/** Outside the grammar of names, so that no class can know it: who still asks for the column fails loudly. */
export function trashedName(column: string): string {
  return `${TRASHED}${column}`;
}

/** Whether a column has the name of one that no class can know. */
export function isTrashed(column: string): boolean {
  return column.startsWith(TRASHED);
}

/** The name that a column had: none of the table gets it again. */
export function untrashedName(column: string): string {
  return isTrashed(column) ? column.slice(TRASHED.length) : column;
}

/** The name that a column had when it was dropped, also where it has made way for another since. */
export function formerName(column: string): string {
  return untrashedName(column).replace(/^\d+\./, '');
}

/** The name of a column in the trash that makes way for another of its former name. */
export function setAsideName(column: string, version: number): string {
  return `${TRASHED}${version}.${untrashedName(column)}`;
}

/** After grace, a column that is no field's any more gets a name that nobody asks for; its values stay. */
export const trashColumn: TransactionKind<TrashColumn> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run(step) {
    const name = trashedName(step.column);
    return [
      `alter table ${quoteTable(step.target)} rename column ${quoteIdentifier(step.column)} to ${quoteIdentifier(name)}`,
      `update remodel.trash set column_name = ${quoteLiteral(name)} where model_id = ${quoteLiteral(step.modelId)} and column_name = ${quoteLiteral(step.column)}`,
    ];
  },
};
