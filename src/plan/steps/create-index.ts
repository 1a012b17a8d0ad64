import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { DirectKind, StepBase } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface CreateIndex extends StepBase {
  readonly kind: 'createIndex';
  readonly index: string;
  readonly unique: boolean;
  /** Columns in order; `-` ahead of one means descending. */
  readonly keys: readonly string[];
}

const create = (step: CreateIndex) => {
  const keys = step.keys.map((key) =>
    key.startsWith('-') ? `${quoteIdentifier(key.slice(1))} desc` : quoteIdentifier(key),
  );
  const kind = step.unique ? 'unique index' : 'index';
  return `create ${kind} concurrently ${quoteIdentifier(step.index)} on ${quoteTable(step.target)} (${keys.join(', ')})`;
};

const drop = (step: CreateIndex) =>
  `drop index concurrently if exists ${quoteIdentifier(step.target.schema)}.${quoteIdentifier(step.index)}`;

/**
 * Recipe R1. Never `if not exists`, which is content with an INVALID index. A build survives the client that
 * asked for it, so one that is alive is waited for.
 */
export const createIndex: DirectKind<CreateIndex> = {
  mode: 'direct',
  lock: 'SHARE UPDATE EXCLUSIVE',
  probe: (step) => ({
    text: `
      select
        i.indisvalid::text as valid,
        exists (
          select
          from pg_stat_activity a
          where a.pid <> pg_backend_pid()
            and a.datname = current_database()
            and a.state = 'active'
            and a.query like 'create %index concurrently ' || quote_ident($2) || ' on %'
        )::text as building
      from (select 1) as one
      left join (
        pg_index i
        join pg_class c on c.oid = i.indexrelid and c.relname = $2
        join pg_namespace n on n.oid = c.relnamespace and n.nspname = $1
      ) on true`,
    params: [step.target.schema, step.index],
  }),
  next(step, observed) {
    const { valid = null, building = null } = observed[0] ?? {};
    if (building === 'true') return { kind: 'wait' };
    if (valid === 'true') return { kind: 'done' };
    return { kind: 'run', sql: valid === 'false' ? [drop(step), create(step)] : [create(step)] };
  },
  sql: (step) => [create(step)],
  undo: (step) => [drop(step)],
};
