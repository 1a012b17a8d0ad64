import type { Statement } from '../../ports.ts';
import type { Check } from '../check.ts';

/** A table by its physical name. */
export interface TableName {
  readonly schema: string;
  readonly table: string;
}

/** What every step carries, whatever its kind. */
export interface StepBase {
  readonly kind: string;
  readonly phase: 'expand' | 'backfill' | 'publish' | 'contract';
  /** Names as they are after the change, for people. */
  readonly model: string;
  readonly field?: string;
  readonly target: TableName;
  /** The columns that it touches; a later change of one of them waits for a contract step. */
  readonly columns: readonly string[];
  /** What to ask the data where they refuse it. */
  readonly check?: Check;
}

/** What a probe saw, as rows of text. */
export type Observed = readonly Readonly<Record<string, string | null>>[];

/**
 * DDL that commits together with the step's own record (recipe R0): done or not done, never half. In the
 * publish phase it shares the publish transaction, and is never undone.
 */
export interface TransactionKind<S extends StepBase> {
  readonly mode: 'transaction';
  readonly lock: string;
  run(step: S): readonly string[];
  /** Absent where the kind runs in the publish phase only, or at contract and for good: a rule is taken back whole. */
  undo?(step: S): readonly string[];
}

/**
 * A statement that cannot share a transaction with its record, so that it must look before it acts (recipes
 * R1 and R2): `probe` says what is there, `next` what that calls for. `next` is pure.
 */
export interface DirectKind<S extends StepBase> {
  readonly mode: 'direct';
  readonly lock: string;
  probe(step: S): Statement;
  next(
    step: S,
    observed: Observed,
  ):
    | { readonly kind: 'done' }
    | { readonly kind: 'wait' }
    | { readonly kind: 'run'; readonly sql: readonly string[] };
  /** The statements in the undisturbed case, for the plan. */
  sql(step: S): readonly string[];
  /** May be repeated: each statement is one that finds its work done. Absent as above. */
  undo?(step: S): readonly string[];
}

/**
 * Rows changed in batches; each commits together with the cursor that it reached. A pass that went over all rows
 * and changed none is the last: so what was written behind the cursor is found too, whatever the order of keys.
 */
export interface BatchKind<S extends StepBase> {
  readonly mode: 'batches';
  readonly lock: string;
  /**
   * One batch after `cursor` (a key as text; null: from the start). Answers one row: `cursor`, where the next
   * batch begins, or null behind the last row; `rows`, how many were changed.
   */
  batch(step: S, cursor: string | null, size: number): Statement;
  sql(step: S): readonly string[];
}

/** The step at which the new definitions become the published ones; the migrator writes it. */
export interface PublishKind<S extends StepBase> {
  readonly mode: 'publish';
  readonly lock: string;
  /** The readable views as they will be, for the plan. */
  sql(step: S): readonly string[];
}
