import { quoteLiteral } from '../../definition/identifiers.ts';
import type { StepBase, TableName, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface ReplaceView extends StepBase {
  readonly kind: 'replaceView';
  readonly view: TableName;
  /** What it is to select. */
  readonly query: string;
  /** The comment that says whose it is. */
  readonly comment: string;
}

/**
 * A view that is not as it was made is that again: in its place, so that those who read it and have rights on it go on
 * doing so; only where its columns became others, another takes its place. The comment comes along with the text,
 * which tells that both are ours.
 */
export const replaceView: TransactionKind<ReplaceView> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE on the view',
  run(step) {
    const view = quoteTable(step.view);
    const make = (verb: string) =>
      `${verb} view ${view} as\n${step.query};\n  comment on view ${view} is ${quoteLiteral(step.comment)};`;
    const block = `begin
  ${make('create or replace')}
exception when invalid_table_definition then
  drop view ${view};
  ${make('create')}
  grant select on ${view} to remodel_reader;
end`;
    return [`do ${quoteLiteral(block)}`];
  },
};
