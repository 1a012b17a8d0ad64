import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import { objectName } from '../../definition/physical-names.ts';
import type { StepBase, TableName, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface AddShadow extends StepBase {
  readonly kind: 'addShadow';
  /** The column that the published class knows. */
  readonly from: string;
  /** The column that the next class will know. */
  readonly to: string;
  readonly type: string;
  /** SQL of the new column's value over `new.FROM`, and of the old one's over `new.TO`. */
  readonly forward: string;
  readonly back: string;
}

/** The trigger of a shadow column, and its function. Triggers fire by name: this one ahead of those that read both columns. */
interface ShadowNames {
  readonly trigger: string;
  readonly function: string;
}

function shadowNames(target: TableName, to: string): ShadowNames {
  const name = objectName('both', `${target.table}_${to}`);
  return {
    trigger: quoteIdentifier(`remodel_${name}`.slice(0, 63)),
    function: `${quoteIdentifier(target.schema)}.${quoteIdentifier(name)}`,
  };
}

/** SQL that takes the trigger away, and its function. */
export function dropTrigger(target: TableName, to: string): readonly string[] {
  const names = shadowNames(target, to);
  return [
    `drop trigger if exists ${names.trigger} on ${quoteTable(target)}`,
    `drop function if exists ${names.function}()`,
  ];
}

/**
 * Recipe R3: a second column, and a trigger that keeps both in step: on insert by the side that was given, on
 * update by the side that changed. Where an update says the same on both, nothing is touched, so that filling the new
 * column leaves the old one as it was written. Values are compared as texts: 1.0 is another decimal than 1, and a
 * month is another interval than 30 days.
 */
export const addShadow: TransactionKind<AddShadow> = {
  mode: 'transaction',
  lock: 'ACCESS EXCLUSIVE, no scan',
  run(step) {
    const table = quoteTable(step.target);
    const from = quoteIdentifier(step.from);
    const to = quoteIdentifier(step.to);
    const names = shadowNames(step.target, step.to);
    return [
      `alter table ${table} add column ${to} ${step.type}`,
      `create function ${names.function}() returns trigger
language plpgsql
as ${quoteLiteral(`declare
  converted ${step.type} := ${step.forward};
begin
  if tg_op = 'INSERT' then
    if new.${to} is null then
      new.${to} := converted;
    elsif new.${from} is null then
      new.${from} := ${step.back};
    end if;
  elsif new.${to}::text is not distinct from converted::text then
    return new;
  elsif new.${to}::text is distinct from old.${to}::text then
    new.${from} := ${step.back};
  elsif new.${from}::text is distinct from old.${from}::text then
    new.${to} := converted;
  end if;
  return new;
end`)}`,
      `create trigger ${names.trigger} before insert or update on ${table} for each row execute function ${names.function}()`,
    ];
  },
  undo: (step) => [
    ...dropTrigger(step.target, step.to),
    `alter table ${quoteTable(step.target)} drop column if exists ${quoteIdentifier(step.to)}`,
  ],
};
