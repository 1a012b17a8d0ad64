import type { Definition } from '../../src/definition/definition.ts';
import { type Form, gross, inForm, renamed, retyped, withIndexed } from './definitions.ts';
import type { SimulatedPostgres } from './simulated-postgres.ts';

/**
 * What clients ask for: a change of the catalog alone; one that only adds, with a step outside of transactions;
 * one of type (recipe R3); and one that the data refuse when it already did something.
 */
export type ChangeKind = 'rename' | 'add' | 'retype' | 'doomed';
export const CHANGE_KINDS: readonly ChangeKind[] = ['rename', 'add', 'retype', 'doomed'];

/** A step, as the migrator would write it down, and what it does. */
export interface Step {
  readonly phase: 'expand' | 'backfill' | 'publish' | 'contract';
  readonly mode: 'transaction' | 'direct' | 'batches' | 'refused';
  readonly columns: readonly string[];
  /** One statement; of a step in batches, one batch: true when nothing is left. */
  run(postgres: SimulatedPostgres): boolean;
  undo(postgres: SimulatedPostgres): void;
  status: 'pending' | 'running' | 'done' | 'undone';
}

/** `planChange`: pure, from what is published. */
export function planOf(kind: ChangeKind, seq: number, published: Definition): readonly Step[] {
  const column = `c${seq}`;
  switch (kind) {
    case 'rename':
      return [step('publish', 'transaction', [])];
    case 'add':
      return [addColumn(column), createIndex('expand', column), step('publish', 'transaction', [])];
    case 'doomed':
      return [addColumn(column), createIndex('expand', column), step('expand', 'refused', [column])];
    case 'retype': {
      const { column: from, type } = gross(published);
      return retypeSteps(from, column, type === 'text' ? 'integer' : 'text');
    }
  }
}

/** What the publish step makes the published definition. */
export function nextDefinition(kind: ChangeKind, seq: number, published: Definition): Definition {
  const column = `c${seq}`;
  switch (kind) {
    case 'rename':
      return renamed(published);
    case 'add':
    case 'doomed':
      return withIndexed(published, column);
    case 'retype':
      return retyped(published, column);
  }
}

const nothing = () => undefined;

function step(
  phase: Step['phase'],
  mode: Step['mode'],
  columns: readonly string[],
  run: (postgres: SimulatedPostgres) => boolean = () => true,
  undo: (postgres: SimulatedPostgres) => void = nothing,
): Step {
  return { phase, mode, columns, run, undo, status: 'pending' };
}

function addColumn(column: string): Step {
  return step(
    'expand',
    'transaction',
    [column],
    (postgres) => postgres.addColumn(column, 'text'),
    (postgres) => postgres.dropColumn(column),
  );
}

/** Recipe R1: the steps look before they act, for none of them shares a transaction with its record. */
function createIndex(phase: Step['phase'], index: string): Step {
  return step(
    phase,
    'direct',
    [index],
    (postgres) => {
      if (postgres.indexes.get(index) === 'valid') return true;
      if (postgres.indexes.has(index)) postgres.indexes.delete(index);
      else postgres.indexes.set(index, 'valid');
      return false;
    },
    (postgres) => postgres.indexes.delete(index),
  );
}

/** `convertSteps`, recipe R3: column and trigger, batches, publish; after grace trigger and old column go. */
function retypeSteps(from: string, to: string, form: Form): readonly Step[] {
  const columns = [from, to];
  const addShadow = step(
    'expand',
    'transaction',
    columns,
    (postgres) => {
      postgres.addColumn(to, form);
      postgres.trigger = { from, to };
      return true;
    },
    (postgres) => {
      postgres.trigger = null;
      postgres.dropColumn(to);
    },
  );
  const convert = step('backfill', 'batches', columns, (postgres) => {
    for (const row of postgres.rows.values()) {
      const value = row.get(from);
      if (value === undefined || row.has(to)) continue;
      row.set(to, inForm(form, value));
      return false;
    }
    return true;
  });
  const dropIndex = step('contract', 'direct', columns, (postgres) => !postgres.indexes.delete(to));
  const dropShadow = step('contract', 'transaction', columns, (postgres) => {
    postgres.trigger = null;
    return true;
  });
  const trashColumn = step('contract', 'transaction', columns, (postgres) => {
    postgres.dropColumn(from);
    return true;
  });
  const switchColumn = step('publish', 'transaction', columns);
  // An index finds what did not convert, where that can be.
  const look = form === 'integer' ? [createIndex('backfill', to)] : [];
  const forget = form === 'integer' ? [dropIndex] : [];
  return [addShadow, convert, ...look, switchColumn, ...forget, dropShadow, trashColumn];
}
