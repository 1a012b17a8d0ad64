import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { PhysicalIndex } from '../../definition/model-indexes.ts';
import type { DirectKind, StepBase } from './step-kind.ts';
import { quoteTable } from './table-sql.ts';

export interface CreateIndex extends StepBase {
  readonly kind: 'createIndex';
  readonly index: string;
  readonly unique: boolean;
  readonly method: PhysicalIndex['method'];
  /** SQL of what it is over, in order. */
  readonly keys: readonly string[];
  /** SQL of the condition of the rows that it is over, or null for all. */
  readonly where: string | null;
}

const create = (step: CreateIndex) => {
  const what = `create ${step.unique ? 'unique index' : 'index'} concurrently ${quoteIdentifier(step.index)}`;
  const where = step.where === null ? '' : ` where ${step.where}`;
  return `${what} on ${quoteTable(step.target)} using ${step.method} (${step.keys.join(', ')})${where}`;
};

const drop = (step: CreateIndex) =>
  `drop index concurrently if exists ${quoteIdentifier(step.target.schema)}.${quoteIdentifier(step.index)}`;

/**
 * Recipe R1. Never `if not exists`, which is content with an INVALID index. A build survives the client that
 * asked for it, so one that is alive is waited for; Postgres shows the beginning of what it is at.
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
            and a.query <> ''
            and starts_with($3, a.query)
        )::text as building
      from (select 1) as one
      left join (
        pg_index i
        join pg_class c on c.oid = i.indexrelid and c.relname = $2
        join pg_namespace n on n.oid = c.relnamespace and n.nspname = $1
      ) on true`,
    params: [step.target.schema, step.index, create(step)],
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
