import type { Context } from 'hono';
import { findByIdempotencyKey, insertChange, isChangeFor } from '../../catalog/changes.ts';
import { assertApplicable, preflight } from '../../catalog/preflight.ts';
import type { PushPosition } from '../../catalog/push-positions.ts';
import { keyReused } from '../../catalog/repeatable.ts';
import { Failure } from '../../failure.ts';
import type { ChangeRequest } from '../../plan/change-request.ts';
import { byOf } from '../access/by.ts';
import { askerOf } from '../access/sight.ts';
import type { EdgeEnv } from '../edge.ts';
import { idempotencyKey, setModelHash } from '../headers.ts';
import { bodyHashOf } from '../repeatable.ts';
import { answerChange } from './answer-change.ts';
import { nudgeMigrator } from './nudge-migrator.ts';
import { type Guard, ofWantedModels } from './wanted-models.ts';

/** A wish for a change, as a route understood it. */
export interface Submission {
  readonly workspace: string;
  /** The request's body or what stands for it: the same text under the same key is the same wish. */
  readonly text: string;
  readonly request: ChangeRequest;
  readonly guard?: Guard;
  /** The request itself is the confirmation of what it drops. */
  readonly isConfirmed?: boolean;
  /** What names the wish where no `Idempotency-Key` does. */
  readonly key?: string;
  /** The push that brings it: it becomes no change where a newer one was quicker. */
  readonly push?: PushPosition;
}

/** Writes a change into the catalog, nudges the queue, and answers it; waits for it where the client wants that. */
export async function submitChange(
  c: Context<EdgeEnv>,
  submission: Submission,
  isNew = () => false,
): Promise<Response> {
  const { database } = c.env.edge;
  const { workspace, text, push } = submission;
  const key = submission.key ?? idempotencyKey(c);
  const answerKnown = () => (key === null ? null : answerRepeated(c, workspace, key, text));
  const answered = await answerKnown();
  if (answered) return answered;
  const change = await prepare(c, submission).catch(async (error: unknown) => {
    // What was done meanwhile, by another request with this key, may be what is in the way.
    const late = error instanceof Failure ? await answerKnown() : null;
    if (late) return late;
    throw error;
  });
  if (change instanceof Response) return change;
  const id = crypto.randomUUID();
  const isInserted = await insertChange(database, workspace, {
    ...change,
    id,
    by: byOf(c),
    idempotencyKey: key,
    bodyHash: bodyHashOf(c, text),
    ...(push ? { push } : {}),
  });
  if (!isInserted && key !== null) {
    // Another request with this key was quicker.
    const winner = await answerKnown();
    if (winner) return winner;
    if (push) throw overtaken();
    throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
  }
  await nudgeMigrator(c, workspace);
  return answerChange(c, workspace, id, isNew());
}

/** The answer to a request whose key was used before; null where it was not. */
export async function answerRepeated(
  c: Context<EdgeEnv>,
  workspace: string,
  key: string,
  text: string,
): Promise<Response | null> {
  const known = await findByIdempotencyKey(c.env.edge.database, workspace, key);
  if (!known) return null;
  if (known.bodyHash !== bodyHashOf(c, text)) throw keyReused();
  const grant = c.get('key')?.grant;
  if (grant && !(await isChangeFor(c.env.edge.database, workspace, known.id, grant))) throw keyReused();
  return answerChange(c, workspace, known.id, false);
}

/** A push that came after one that followed it. */
export function overtaken(): Failure {
  return new Failure('push_overtaken', 'a newer push to this branch was followed already');
}

/** The request as it will be written down, and the models that it touches. Throws where it cannot work. */
async function prepare(c: Context<EdgeEnv>, submission: Submission) {
  const { workspace, request: wanted, guard } = submission;
  const looking = { ...askerOf(c), guard: ofWantedModels(c, guard) };
  const flight = await preflight(c.env.edge.database, workspace, wanted, looking);
  setModelHash(c, flight.plan.base);
  const request = submission.isConfirmed ? { ...flight.request, confirm: flight.plan.hash } : flight.request;
  assertApplicable(flight, request);
  const models = [...new Set([...Object.keys(flight.plan.base), ...Object.keys(flight.plan.result)])];
  return { request, models, modelIds: flight.plan.touched };
}
