import type { OpenChange } from '../catalog/change.ts';
import type { TelemetryEvent } from '../telemetry.ts';
import type { Run } from './migrator.ts';

type ChangeStatus = Extract<TelemetryEvent, { kind: 'change' }>['status'];

/** Tells those who watch how far a change came. */
export function noteChange(
  { migrator, workspace }: Run,
  { id }: Pick<OpenChange, 'id'>,
  status: ChangeStatus,
): void {
  migrator.telemetry.note({ kind: 'change', workspace, change: id, status });
}
