import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import { dropTrigger } from './add-shadow.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';
import { trashColumn } from './trash-column.ts';

export interface SwapKey extends StepBase {
  readonly kind: 'swapKey';
  readonly from: string;
  readonly to: string;
  /** The unique index of the next key. */
  readonly index: string;
  readonly modelId: string;
  readonly trashSchema: string;
}

/** After grace, the primary key is the new one, and the column of the one before goes to the trash. */
export const swapKey: TransactionKind<SwapKey> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run(step) {
    const table = quoteTable(step.target);
    const from = quoteIdentifier(step.from);
    const index = quoteIdentifier(step.index);
    return [
      ...dropTrigger(step.target, step.to),
      dropPrimaryKey(table, step.trashSchema),
      `alter table ${table} add constraint ${index} primary key using index ${index}`,
      `alter table ${table} alter column ${from} drop identity if exists`,
      `alter table ${table} alter column ${from} drop default, alter column ${from} drop not null`,
      ...trashColumn.run({ ...step, kind: 'trashColumn', column: step.from }),
    ];
  },
};

/** The links of a list in the trash refer to it still: they are let go. What else does so stops the step. */
function dropPrimaryKey(table: string, trashSchema: string): string {
  const block = `declare
  bound record;
begin
  for bound in
    select c.conrelid::regclass as "table", c.conname as name
    from pg_constraint c
    join pg_class r on r.oid = c.conrelid
    where c.contype = 'f'
      and c.confrelid = ${quoteLiteral(table)}::regclass
      and r.relnamespace = to_regnamespace(${quoteLiteral(quoteIdentifier(trashSchema))})
  loop
    execute format('alter table %s drop constraint %I', bound."table", bound.name);
  end loop;
  execute (
    select format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname)
    from pg_constraint c
    where c.contype = 'p'
      and c.conrelid = ${quoteLiteral(table)}::regclass
  );
end`;
  return `do ${quoteLiteral(block)}`;
}
