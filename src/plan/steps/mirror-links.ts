import { quoteIdentifier, quoteLiteral } from '../../definition/identifiers.ts';
import { objectName } from '../../definition/physical-names.ts';
import type { StepBase, TableName, TransactionKind } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

/** The two keys that a model has while the one is exchanged for the other, all quoted. */
export interface TwoKeys {
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

/** What one end of a link becomes in the next join table: null where it stays as it is. */
export interface Mirrored {
  readonly source: TwoKeys | null;
  readonly to: TwoKeys | null;
}

export interface MirrorLinks extends StepBase, Mirrored {
  readonly kind: 'mirrorLinks';
  /** The join table that the next class will know; `target` is the one of the published class. */
  readonly next: TableName;
}

/** SQL of the other key of the record that `value` is the key of. */
export function otherKey(keys: TwoKeys | null, value: string, direction: 'forward' | 'back'): string {
  if (keys === null) return value;
  const [found, wanted] = direction === 'forward' ? [keys.from, keys.to] : [keys.to, keys.from];
  return `(select r.${wanted} from ${keys.table} as r where r.${found} = ${value})`;
}

function mirrorNames(next: TableName, direction: 'forward' | 'back') {
  const name = objectName('both', next.table, direction);
  return {
    trigger: quoteIdentifier(`remodel_${name}`.slice(0, 63)),
    function: `${quoteIdentifier(next.schema)}.${quoteIdentifier(name)}`,
  };
}

/** SQL that takes both triggers away, and their functions. */
export function dropMirror(links: TableName, next: TableName): readonly string[] {
  const forward = mirrorNames(next, 'forward');
  const back = mirrorNames(next, 'back');
  return [
    `drop trigger if exists ${forward.trigger} on ${quoteTable(links)}`,
    `drop trigger if exists ${back.trigger} on ${quoteTable(next)}`,
    `drop function if exists ${forward.function}()`,
    `drop function if exists ${back.function}()`,
  ];
}

/**
 * Two join tables that hold the same links by the two keys of a model: what is written to one is written to the
 * other. What comes back finds its row as it is, and goes no further.
 */
export const mirrorLinks: TransactionKind<MirrorLinks> = {
  mode: 'transaction',
  lock: 'SHARE ROW EXCLUSIVE, no scan',
  run: (step) => [...mirror(step, 'forward'), ...mirror(step, 'back')],
  undo: (step) => dropMirror(step.target, step.next),
};

function mirror(step: MirrorLinks, direction: 'forward' | 'back'): readonly string[] {
  const [written, other] = [quoteTable(step.target), quoteTable(step.next)];
  const [from, to] = direction === 'forward' ? [written, other] : [other, written];
  const names = mirrorNames(step.next, direction);
  const link = (row: 'old' | 'new') => ({
    source: otherKey(step.source, `${row}.source`, direction),
    to: otherKey(step.to, `${row}.target`, direction),
  });
  return [
    `create function ${names.function}() returns trigger
language plpgsql
as ${quoteLiteral(`begin
  if tg_op = 'DELETE' then
    delete from ${to} as l
    where l.source = ${link('old').source}
      and l.target = ${link('old').to};
    return null;
  end if;
  insert into ${to} as l (source, target, position)
  values (${link('new').source}, ${link('new').to}, new.position)
  on conflict (source, target) do update
  set position = excluded.position
  where l.position <> excluded.position;
  return null;
end`)}`,
    `create trigger ${names.trigger} after insert or update or delete on ${from} for each row execute function ${names.function}()`,
  ];
}
