import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { findByIdempotencyKey, insertChange } from '../catalog/changes.ts';
import { assertApplicable, preflight } from '../catalog/preflight.ts';
import { Failure } from '../failure.ts';
import type { ChangeRequest } from '../plan/change-request.ts';
import type { WorkspaceState } from '../plan/workspace-state.ts';
import { answerChange } from './answer-change.ts';
import { byOf } from './by.ts';
import type { EdgeEnv } from './edge.ts';
import { idempotencyKey } from './headers.ts';
import { nudgeMigrator } from './nudge-migrator.ts';

/** A wish for a change, as a route understood it. */
export interface Submission {
  readonly workspace: string;
  /** The request's body or what stands for it: the same text under the same key is the same wish. */
  readonly text: string;
  readonly request: ChangeRequest;
  /** Adds to the request what only the state can tell, or refuses it. */
  readonly guard?: (state: WorkspaceState, request: ChangeRequest) => ChangeRequest;
  /** The request itself is the confirmation of what it drops. */
  readonly isConfirmed?: boolean;
}

/** Writes a change into the catalog, nudges the queue, and answers it; waits for it where the client wants that. */
export async function submitChange(
  c: Context<EdgeEnv>,
  submission: Submission,
  isNew = () => false,
): Promise<Response> {
  const { database } = c.env.edge;
  const { workspace } = submission;
  const key = idempotencyKey(c);
  const bodyHash = createHash('sha256')
    .update(`${c.req.method} ${c.req.path}\n${submission.text}`)
    .digest('hex');
  const known = key === null ? null : await findByIdempotencyKey(database, workspace, key);
  if (known) {
    assertSameBody(known.bodyHash, bodyHash);
    return answerChange(c, workspace, known.id, false);
  }
  const flight = await preflight(database, workspace, submission.request, submission.guard);
  const request = submission.isConfirmed ? { ...flight.request, confirm: flight.plan.hash } : flight.request;
  assertApplicable(flight, request);
  const id = crypto.randomUUID();
  const models = [...new Set([...Object.keys(flight.plan.base), ...Object.keys(flight.plan.result)])];
  const change = { id, request, models, by: byOf(c), idempotencyKey: key, bodyHash };
  if (!(await insertChange(database, workspace, change)) && key !== null) {
    // Another request with this key was quicker.
    const winner = await findByIdempotencyKey(database, workspace, key);
    if (!winner) throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
    assertSameBody(winner.bodyHash, bodyHash);
    return answerChange(c, workspace, winner.id, false);
  }
  await nudgeMigrator(c, workspace);
  return answerChange(c, workspace, id, isNew());
}

function assertSameBody(before: string, now: string): void {
  if (before !== now) {
    throw new Failure(
      'idempotency_key_reused',
      'this Idempotency-Key was used for another request: take a new one',
    );
  }
}
