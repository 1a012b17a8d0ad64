import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import {
  findByIdempotencyKey,
  insertChange,
  readChange,
  readStatus,
  type ShownChange,
} from '../catalog/changes.ts';
import { assertApplicable, preflight } from '../catalog/preflight.ts';
import { Failure } from '../failure.ts';
import type { ChangeRequest } from '../plan/change-request.ts';
import type { WorkspaceState } from '../plan/workspace-state.ts';
import { HeadStoreError } from '../ports.ts';
import type { EdgeEnv } from './edge.ts';
import { idempotencyKey, preferredWait, setModelHash } from './headers.ts';
import { problemOf } from './problems.ts';

const FIRST_POLL_MS = 25;
const MAX_POLL_MS = 250;

/** Delay after which the sweep looks for a change whose message was lost. */
const LOST_AFTER_MS = 60_000;

/** A wish for a change, as a route understood it. */
export interface Submission {
  readonly workspace: string;
  readonly source: string;
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
  const { database, queue, heads } = c.env.edge;
  const { workspace, source } = submission;
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
  const change = { id, request, models, source, idempotencyKey: key, bodyHash };
  if (!(await insertChange(database, workspace, change)) && key !== null) {
    // Another request with this key was quicker.
    const winner = await findByIdempotencyKey(database, workspace, key);
    if (!winner) throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
    assertSameBody(winner.bodyHash, bodyHash);
    return answerChange(c, workspace, winner.id, false);
  }
  await Promise.all([
    queue.send({ workspace }),
    // A note for the sweep; without Redis the hourly sweep of the catalog finds the change.
    heads.schedule(workspace, Date.now() + LOST_AFTER_MS).catch(ignoreOutage),
  ]);
  return answerChange(c, workspace, id, isNew());
}

function ignoreOutage(error: unknown): void {
  if (!(error instanceof HeadStoreError)) throw error;
  console.warn(JSON.stringify({ event: 'redis_unavailable', error: error.message }));
}

function assertSameBody(before: string, now: string): void {
  if (before !== now) {
    throw new Failure(
      'idempotency_key_reused',
      'this Idempotency-Key was used for another request: take a new one',
    );
  }
}

async function answerChange(
  c: Context<EdgeEnv>,
  workspace: string,
  id: string,
  created: boolean,
): Promise<Response> {
  const { database } = c.env.edge;
  const seconds = preferredWait(c);
  if (seconds !== null) await waitUntilPublished(c, id, seconds);
  const change = await readChange(database, workspace, id);
  setModelHash(c, isOut(change.status) ? (change.plan?.result ?? {}) : {});
  c.header('Location', `/v1/${workspace}/changes/${id}`);
  if (seconds !== null) c.header('Preference-Applied', `wait=${seconds}`);
  const isOver = seconds !== null && !['queued', 'running'].includes(change.status);
  return c.json(showChange(change), isOver ? (created && isOut(change.status) ? 201 : 200) : 202);
}

function isOut(status: string): boolean {
  return status === 'published' || status === 'done';
}

/** A change with its error in the form of a problem. */
export function showChange(change: ShownChange): object {
  const { error, steps, ...rest } = change;
  const shown = steps.map(({ error: stepError, ...step }) =>
    stepError ? { ...step, error: stepError } : step,
  );
  if (!error) return { ...rest, steps: shown };
  const { code, detail, ...more } = error;
  return { ...rest, steps: shown, error: { ...problemOf(code, detail), ...more } };
}

async function waitUntilPublished(c: Context<EdgeEnv>, id: string, seconds: number): Promise<void> {
  const { database, sleep } = c.env.edge;
  const deadline = Date.now() + seconds * 1000;
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 1.5, MAX_POLL_MS)) {
    const status = await readStatus(database, id);
    if (status === null || !['queued', 'running'].includes(status)) return;
    if (Date.now() + pause >= deadline) return;
    await sleep(pause);
  }
}
