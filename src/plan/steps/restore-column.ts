import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface RestoreColumn extends StepBase {
  readonly kind: 'restoreColumn';
  /** Its name in the trash, and the one that it gets. */
  readonly from: string;
  readonly to: string;
  readonly modelId: string;
}

/**
 * A column comes back from the trash with its values. The rules that still stand on it go: those that it is to have
 * come by steps of their own, for which rows they hold is to be seen.
 */
export const restoreColumn: TransactionKind<RestoreColumn> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run: (step) => [dropChecks(step), ...rename(step, step.from, step.to)],
  undo: (step) => rename(step, step.to, step.from),
};

function rename({ target, modelId }: RestoreColumn, from: string, to: string): readonly string[] {
  return [
    `alter table ${quoteTable(target)} rename column ${quoteIdentifier(from)} to ${quoteIdentifier(to)}`,
    `update remodel.trash set column_name = ${quoteLiteral(to)} where model_id = ${quoteLiteral(modelId)} and column_name = ${quoteLiteral(from)}`,
  ];
}

/** The checks of that column alone, by whatever name. */
function dropChecks({ target, from }: RestoreColumn): string {
  const table = quoteLiteral(quoteTable(target));
  const block = `declare
  rule record;
begin
  for rule in
    select c.conrelid::regclass as "table", c.conname as name
    from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
    where c.contype = 'c'
      and c.conrelid = ${table}::regclass
      and a.attname = ${quoteLiteral(from)}
  loop
    execute format('alter table %s drop constraint %I', rule."table", rule.name);
  end loop;
end`;
  return `do ${quoteLiteral(block)}`;
}
