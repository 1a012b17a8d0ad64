import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import { computedFunction } from '../../definition/physical-names.ts';
import type { StepBase, TableName, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface AddComputed extends StepBase {
  readonly kind: 'addComputed';
  readonly column: string;
  /** SQL of the value, over the columns of `new`. */
  readonly value: string;
  /** 1 where it uses no computed column, else one more than the highest of those that it uses. */
  readonly level: number;
}

/**
 * Triggers fire in the order of their names: these after all that begin with `remodel_`, which may set the columns
 * that an expression uses, and each level after the one below it.
 */
export function computingTrigger(column: string, level: number): string {
  return `then_${String(level).padStart(4, '0')}_${column}`;
}

function functionName(target: TableName, column: string): string {
  return `${quoteIdentifier(target.schema)}.${quoteIdentifier(computedFunction(target.table, column))}`;
}

/** What the function does. */
export function computingBody({ column, value }: Pick<AddComputed, 'column' | 'value'>): string {
  return `begin\n  new.${quoteIdentifier(column)} := ${value};\n  return new;\nend`;
}

/** SQL that has a column computed at each write from here on. */
export function startComputing(
  target: TableName,
  { column, value, level }: Pick<AddComputed, 'column' | 'value' | 'level'>,
): readonly string[] {
  const body = computingBody({ column, value });
  const name = functionName(target, column);
  return [
    `create or replace function ${name}() returns trigger language plpgsql as ${quoteLiteral(body)}`,
    `create or replace trigger ${quoteIdentifier(computingTrigger(column, level))} before insert or update on ${quoteTable(target)} for each row execute function ${name}()`,
  ];
}

/** SQL that ends the computing of a column. */
export function endComputing(target: TableName, column: string, level: number): readonly string[] {
  return [
    `drop trigger if exists ${quoteIdentifier(computingTrigger(column, level))} on ${quoteTable(target)}`,
    `drop function if exists ${functionName(target, column)}()`,
  ];
}

/**
 * From this lock on each row that is written gets its value, whatever class writes it and whatever value was given.
 * Creating the trigger waits for those who write at this moment, so that the backfill behind it meets every row.
 */
export const addComputed: TransactionKind<AddComputed> = {
  mode: 'transaction',
  lock: 'SHARE ROW EXCLUSIVE, no scan',
  run: (step) => startComputing(step.target, step),
  undo: ({ target, column, level }) => endComputing(target, column, level),
};
