import type { Row } from '../ports.ts';
import type { Actor } from './audit.ts';
import type { ChangeError, ChangeStatus } from './change.ts';
import { number, text } from './columns.ts';
import { moment } from './moment.ts';

/** A change as clients see it; `error` still without its HTTP parts. */
export interface ShownChange {
  readonly id: string;
  readonly seq: number;
  readonly status: ChangeStatus;
  readonly models: readonly string[];
  readonly plan: {
    readonly base?: Readonly<Record<string, string>>;
    readonly result?: Readonly<Record<string, string>>;
  } | null;
  readonly progress: Readonly<Record<string, unknown>>;
  readonly steps: readonly Readonly<Record<string, unknown>>[];
  /** What is in its way, and until when: another change's grace, or its own. */
  readonly waitingFor: Readonly<Record<string, unknown>> | null;
  readonly error: ChangeError | null;
  readonly source: string;
  readonly actor: Actor;
  readonly createdAt: string;
  readonly publishedAt: string | null;
  readonly finishedAt: string | null;
}

/** A change at one moment of its way. */
export interface ChangeNews {
  readonly change: ShownChange;
  readonly revision: number;
}

/**
 * Selects changes as clients see them, from `remodel.changes c` in workspace `w`. The rate is that of the backfill
 * that runs, or ran last; it and `eta` are of the moment of its last batch. Steps of an earlier try are not shown.
 */
export const SELECT_CHANGES = `
  select c.revision::text as revision, json_build_object(
    'id', c.id,
    'seq', c.seq,
    'status', c.status,
    'models', c.model_names,
    'plan', c.plan,
    'progress', json_build_object(
      'step', s.ended,
      'steps', s.total,
      'rows', s.rows,
      'rowsTotal', s.rows_total,
      'rowsPerSecond', round(s.rate),
      'eta', case
        when c.status = 'running' and s.rate > 0 and s.rows < s.rows_total
          then ${moment(`(s.batch_at + make_interval(secs => ((s.rows_total - s.rows) / s.rate)::double precision))`)}
      end
    ),
    'steps', s.steps,
    'waitingFor', case
      when b.id is not null then json_build_object('change', b.id, 'until', ${moment('b.contract_at')})
      when c.status = 'published' and c.contract_at > now() then json_strip_nulls(json_build_object(
        'transactionSince', c.waiting_for ->> 'transactionSince',
        'until', ${moment('c.contract_at')}
      ))
    end,
    'error', c.error,
    'source', c.source,
    'actor', c.actor,
    'createdAt', ${moment('c.created_at')},
    'publishedAt', ${moment('c.published_at')},
    'finishedAt', ${moment('c.finished_at')}
  )::text as change
  from remodel.changes c
  join remodel.workspaces w on w.id = c.workspace_id
  left join remodel.changes b on c.status = 'running'
    and c.plan is null
    and b.id = (c.waiting_for ->> 'change')::uuid
    and b.status = 'published'
  cross join lateral (
    select
      count(*) as total,
      count(*) filter (where s.status in ('done', 'failed', 'undone')) as ended,
      coalesce(sum(s.rows), 0) as rows,
      coalesce(sum(greatest(s.rows, s.rows_total)), 0) as rows_total,
      max(s.batch_at) filter (where s.status = 'running') as batch_at,
      (array_agg(
        s.rows / greatest(extract(epoch from s.batch_at - s.started_at), 0.001) order by s.batch_at desc
      ) filter (where s.batch_at is not null))[1] as rate,
      coalesce(json_agg(json_build_object(
        'n', s.n,
        'phase', s.phase,
        'kind', s.kind,
        'status', s.status,
        'rows', s.rows,
        'startedAt', ${moment('s.started_at')},
        'finishedAt', ${moment('s.finished_at')},
        'attempts', s.attempts,
        'error', s.error
      ) order by s.n), '[]') as steps
    from remodel.steps s
    where s.change_id = c.id
      and c.plan is not null
  ) s`;

/** A change from its row. */
export function readShownChange(row: Row): ChangeNews {
  const change: ShownChange = JSON.parse(text(row, 'change'));
  return { change, revision: number(row, 'revision') };
}
