import { quoteIdentifier } from '../../definition/identifiers.ts';
import type { DirectKind, StepBase } from './step-kind.ts';

export interface DropIndex extends StepBase {
  readonly kind: 'dropIndex';
  readonly index: string;
}

const drop = (step: DropIndex) =>
  `drop index concurrently if exists ${quoteIdentifier(step.target.schema)}.${quoteIdentifier(step.index)}`;

export const dropIndex: DirectKind<DropIndex> = {
  mode: 'direct',
  lock: 'SHARE UPDATE EXCLUSIVE',
  probe: (step) => ({
    text: `
      select c.oid::text as oid
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1
        and c.relname = $2`,
    params: [step.target.schema, step.index],
  }),
  next: (step, observed) => (observed.length === 0 ? { kind: 'done' } : { kind: 'run', sql: [drop(step)] }),
  sql: (step) => [drop(step)],
};
