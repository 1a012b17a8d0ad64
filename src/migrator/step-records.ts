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
  readonly rows: number;
  /** What `rows` was when the present pass of a backfill began. */
  readonly passRows: number;
}

/** The steps of a change, in order. */
export async function readSteps(database: Database, changeId: string): Promise<readonly RecordedStep[]> {
  const rows = await database.query(sql`
    select s.n::text, s.spec::text, s.status, s.cursor, s.rows::text, s.pass_rows::text
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
      rows: number(row, 'rows'),
      passRows: number(row, 'pass_rows'),
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

/** The step has done what it is for. What was expected of it gives way to what it did. */
export function stepDone(changeId: string, n: number): Statement {
  return sql`
    update remodel.steps
    set status = 'done', started_at = coalesce(started_at, now()), finished_at = now(),
      attempts = greatest(attempts, 1), rows_total = rows, error = null
    where change_id = ${changeId}
      and n = ${n}
  `;
}

/** What the step did is taken back. The one at which the change failed stays visible as such. */
export function stepUndone(changeId: string, n: number): Statement {
  return sql`
    update remodel.steps
    set status = case when error is null then 'undone' else 'failed' end, finished_at = now()
    where change_id = ${changeId}
      and n = ${n}
  `;
}

/** The step at which its change fails. What it may have done is still to be undone. */
export function stepRefused(changeId: string, n: number, error: ChangeError): Statement {
  return sql`
    update remodel.steps
    set error = ${error}, attempts = greatest(attempts, 1), started_at = coalesce(started_at, now()),
      finished_at = case status when 'pending' then now() end,
      status = case status when 'pending' then 'failed' else status end
    where change_id = ${changeId}
      and n = ${n}
  `;
}

/** The contract steps that were refused or taken back before somebody wished that they be tried again. */
export function retriedSteps(changeId: string): Statement {
  return sql`
    update remodel.steps s
    set status = 'pending', error = null, finished_at = null
    from remodel.changes c
    where c.id = ${changeId}
      and s.change_id = c.id
      and s.phase = 'contract'
      and s.status in ('failed', 'undone')
      and s.finished_at < c.retried_at
  `;
}

/** The step could not have its locks, and is tried again. */
export function stepDelayed(changeId: string, n: number, error: ChangeError): Statement {
  return sql`
    update remodel.steps
    set error = ${error}, attempts = attempts + 1, started_at = coalesce(started_at, now())
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

/** How far a backfill came. */
export interface BatchRecord {
  readonly cursor: string | null;
  readonly rows: number;
  readonly passRows: number;
}

/** A replica that is further behind than this gets time to catch up. */
const BEHIND = `r.replay_lag > interval '2 s' or pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn) > 32 * 1024 * 1024`;

/**
 * Saves how far a backfill came, in the transaction of its batch. Answers `behind`: whether a replica is. Those
 * who decode the log confirm it when they like, and Neon's own storage likewise: neither is waited for.
 */
export function batchEnded(changeId: string, n: number, { cursor, rows, passRows }: BatchRecord): Statement {
  const { text, params } = sql`
    update remodel.steps
    set cursor = ${cursor}, rows = ${rows}, pass_rows = ${passRows}, batch_at = clock_timestamp()
    where change_id = ${changeId}
      and n = ${n}
    returning exists (
      select
      from pg_stat_replication r
      left join pg_replication_slots s on s.active_pid = r.pid
      where s.slot_type is distinct from 'logical'
        and r.application_name <> 'walproposer'
  `;
  return { text: `${text} and (${BEHIND}))::text as behind`, params };
}
