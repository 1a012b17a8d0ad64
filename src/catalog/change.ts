import type { ChangeRequest } from '../plan/change-request.ts';
import type { Row } from '../ports.ts';
import { text, textOrNull } from './columns.ts';

export type ChangeStatus = 'queued' | 'running' | 'published' | 'done' | 'failed' | 'cancelled';

/** Why a change or a step did not come to its end: a problem without its HTTP parts. */
export interface ChangeError {
  readonly code: string;
  readonly detail: string;
  readonly checks?: unknown;
  readonly errors?: unknown;
}

/** A change as the migrator works on it. */
export interface OpenChange {
  readonly id: string;
  readonly workspaceId: string;
  readonly status: ChangeStatus;
  readonly request: ChangeRequest;
  readonly isPlanned: boolean;
  readonly isCommitted: boolean;
  readonly cancelRequested: boolean;
  /** What its undoing is for, where it already began. */
  readonly error: ChangeError | null;
}

/** The columns of an open change, for every query that reads one. */
export const OPEN_CHANGE_COLUMNS = `
  c.id::text as id,
  c.workspace_id::text as workspace_id,
  c.status,
  c.request::text as request,
  (c.plan is not null)::text as is_planned,
  (c.committed_at is not null)::text as is_committed,
  c.cancel_requested::text as cancel_requested,
  c.error::text as error`;

/** An open change from its row. */
export function readOpenChange(row: Row): OpenChange {
  const request: ChangeRequest = JSON.parse(text(row, 'request'));
  const error = textOrNull(row, 'error');
  const parsed: ChangeError | null = error === null ? null : JSON.parse(error);
  return {
    id: text(row, 'id'),
    workspaceId: text(row, 'workspace_id'),
    status: readStatus(text(row, 'status')),
    request,
    isPlanned: row['is_planned'] === 'true',
    isCommitted: row['is_committed'] === 'true',
    cancelRequested: row['cancel_requested'] === 'true',
    error: parsed,
  };
}

const STATUSES: readonly ChangeStatus[] = ['queued', 'running', 'published', 'done', 'failed', 'cancelled'];

function readStatus(value: string): ChangeStatus {
  const status = STATUSES.find((s) => s === value);
  if (!status) throw new TypeError(`no status of a change: ${value}`);
  return status;
}
