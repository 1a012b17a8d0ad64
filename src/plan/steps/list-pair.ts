import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import { objectName } from '../../definition/physical-names.ts';
import type { RowKey } from './key-window.ts';
import type { TableName } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

/**
 * A column and a join table that hold the same field, while it goes from one reference to a list of them or back.
 * Each follows the other by a trigger. Both triggers compare what the list says with the column first, and touch
 * nothing where that is the same: so neither answers what the other one does.
 */
export interface ListPair {
  readonly column: string;
  readonly links: TableName;
  /** The key of the records. */
  readonly key: RowKey;
  /** The Postgres type of the column. */
  readonly type: string;
  /** SQL of what the column says of a list, over `$1`, the key of the list's record. */
  readonly value: string;
}

/** What a pair and each of its followers are called; no two pairs have the same column. */
function nameOf(target: TableName, { column }: ListPair, part: 'value' | 'column' | 'list'): string {
  return objectName('both', `${target.table}_${column}`, part);
}

function functionOf(target: TableName, pair: ListPair, part: 'value' | 'column' | 'list'): string {
  return `${quoteIdentifier(target.schema)}.${quoteIdentifier(nameOf(target, pair, part))}`;
}

function triggerOf(target: TableName, pair: ListPair, part: 'column' | 'list'): string {
  return quoteIdentifier(`remodel_${nameOf(target, pair, part)}`.slice(0, 63));
}

/** SQL of what the column is to say of the list of a record, as it is at this moment and not as a statement began. */
function currentValue(target: TableName, pair: ListPair, source: string): string {
  return `${functionOf(target, pair, 'value')}(${source})`;
}

/** SQL that makes `currentValue`, which both followers need. */
export function createValue(target: TableName, pair: ListPair): readonly string[] {
  return [
    `create function ${functionOf(target, pair, 'value')}(${pair.key.type}) returns ${pair.type}
language plpgsql
as ${quoteLiteral(`begin
  return ${pair.value};
end`)}`,
  ];
}

/** SQL by which the list follows the column: the new value is all that it then holds. */
export function followColumn(target: TableName, pair: ListPair): readonly string[] {
  const id = quoteIdentifier(pair.key.column);
  const column = quoteIdentifier(pair.column);
  const links = quoteTable(pair.links);
  const name = functionOf(target, pair, 'list');
  return [
    `create function ${name}() returns trigger
language plpgsql
as ${quoteLiteral(`begin
  if tg_op = 'INSERT' then
    if new.${column} is null then
      return null;
    end if;
  elsif new.${column} is not distinct from old.${column} then
    return null;
  end if;
  if new.${column} is not distinct from ${currentValue(target, pair, `new.${id}`)} then
    return null;
  end if;
  with others as (
    delete from ${links} as l
    where l.source = new.${id}
      and l.target is distinct from new.${column}
  )
  insert into ${links} (source, target, position)
  select new.${id}, new.${column}, 1
  where new.${column} is not null
  on conflict (source, target) do update
  set position = 1;
  return null;
end`)}`,
    `create trigger ${triggerOf(target, pair, 'list')} after insert or update of ${column} on ${quoteTable(target)} for each row execute function ${name}()`,
  ];
}

/**
 * SQL by which the column follows the list. The record is held before its list is looked at: whoever writes a list
 * holds it too, and a target that is deleted takes links away without. No column is called as the variables are.
 */
export function followList(target: TableName, pair: ListPair): readonly string[] {
  const id = quoteIdentifier(pair.key.column);
  const column = quoteIdentifier(pair.column);
  const table = quoteTable(target);
  const name = functionOf(target, pair, 'column');
  return [
    `create function ${name}() returns trigger
language plpgsql
as ${quoteLiteral(`declare
  "Id" ${pair.key.type} := coalesce(new.source, old.source);
  "Value" ${pair.type};
begin
  perform from ${table} as t where t.${id} = "Id" for no key update;
  "Value" := ${currentValue(target, pair, '"Id"')};
  update ${table} as t
  set ${column} = "Value"
  where t.${id} = "Id"
    and t.${column} is distinct from "Value";
  return null;
end`)}`,
    `create trigger ${triggerOf(target, pair, 'column')} after insert or update or delete on ${quoteTable(pair.links)} for each row execute function ${name}()`,
  ];
}

/** SQL after which both go their own way. Whoever writes a record locks its table before that of its links. */
export function separate(target: TableName, pair: ListPair): readonly string[] {
  return [
    `drop trigger if exists ${triggerOf(target, pair, 'list')} on ${quoteTable(target)}`,
    `drop trigger if exists ${triggerOf(target, pair, 'column')} on ${quoteTable(pair.links)}`,
    ...(['list', 'column'] as const).map(
      (part) => `drop function if exists ${functionOf(target, pair, part)}()`,
    ),
    `drop function if exists ${functionOf(target, pair, 'value')}(${pair.key.type})`,
  ];
}
