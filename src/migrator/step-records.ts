import type { ChangeError } from '../catalog/change.ts';
import { number, text, textOrNull } from '../catalog/columns.ts';
import type { Step } from '../plan/steps.ts';
import type { Database, Statement } from '../ports.ts';
import { sql } from '../statement.ts';

/** A step with its record in the catalog. */
export interface RecordedStep {
  readonly n: number;
  readonly step: Step;
  readonly status: 'pending' | 'running' | 'done' | 'failed' | 'undone';
  readonly cursor: string | null;
}

/** The steps of a change, in order. */
export async function readSteps(database: Database, changeId: string): Promise<readonly RecordedStep[]> {
  const rows = await database.query(sql`
    select s.n::text, s.spec::text, s.status, s.cursor
    from remodel.steps s
    where s.change_id = ${changeId}
    order by s.n
  `);
  return rows.map((row) => {
    const step: Step = JSON.parse(text(row, 'spec'));
    return {
      n: number(row, 'n'),
      step,
      status: readStatus(text(row, 'status')),
      cursor: textOrNull(row, 'cursor'),
    };
  });
}

const STATUSES = ['pending', 'running', 'done', 'failed', 'undone'] as const;

function readStatus(value: string): RecordedStep['status'] {
  const status = STATUSES.find((s) => s === value);
  if (!status) throw new TypeError(`no status of a step: ${value}`);
  return status;
}

/** Says that a step has begun, so that an undo knows of it. */
export function stepStarted(changeId: string, n: number): Statement {
  return sql`
    update remodel.steps
    set status = 'running', attempts = attempts + 1, started_at = coalesce(started_at, now()), error = null
    where change_id = ${changeId}
      and n = ${n}
  `;
}

export function stepEnded(changeId: string, n: number, status: 'done' | 'undone'): Statement {
  return sql`
    update remodel.steps
    set status = ${status}, started_at = coalesce(started_at, now()), finished_at = now(),
      attempts = greatest(attempts, 1)
    where change_id = ${changeId}
      and n = ${n}
  `;
}

export function stepFailed(changeId: string, n: number, error: ChangeError): Statement {
  return sql`
    update remodel.steps
    set status = 'failed', finished_at = now(), error = ${error}
    where change_id = ${changeId}
      and n = ${n}
  `;
}

/** Saves how far a backfill came, in the transaction of its batch. */
export function batchEnded(changeId: string, n: number, cursor: string | null, rows: number): Statement {
  return sql`
    with step as (
      update remodel.steps
      set cursor = ${cursor}, rows = rows + ${rows}
      where change_id = ${changeId}
        and n = ${n}
    )
    update remodel.changes
    set rows = rows + ${rows}
    where id = ${changeId}
  `;
}
