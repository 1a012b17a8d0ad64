import type { Context } from 'hono';
import type { ChangeStatus } from '../../catalog/change.ts';
import { readChange, readStatus } from '../../catalog/changes.ts';
import type { ShownChange } from '../../catalog/shown-change.ts';
import { withoutSamples } from '../access/without-samples.ts';
import type { EdgeEnv } from '../edge.ts';
import { preferredWait, setModelHash } from '../headers.ts';
import { problemOf } from '../problems.ts';

const FIRST_POLL_MS = 25;
const MAX_POLL_MS = 250;

/** A change as the answer to what was wished of it: waits where the client wants that. `created`: it made a model. */
export async function answerChange(
  c: Context<EdgeEnv>,
  workspace: string,
  id: string,
  created = false,
): Promise<Response> {
  const { database } = c.env.edge;
  const seconds = preferredWait(c);
  if (seconds !== null) await waitUntilPublished(c, id, seconds);
  const change = await readChange(database, workspace, id);
  tellModels(c, change);
  c.header('Location', `/v1/${workspace}/changes/${id}`);
  if (seconds !== null) c.header('Preference-Applied', `wait=${seconds}`);
  const isOver = change.status === 'cancelled' || (seconds !== null && !isUnderWay(change.status));
  return c.json(showChange(c, change), isOver ? (created && isOut(change.status) ? 201 : 200) : 202);
}

/** By which definitions a change is told: those that it made, or those that it starts from. */
export function tellModels(c: Context<EdgeEnv>, { status, plan }: ShownChange): void {
  setModelHash(c, (isOut(status) ? plan?.result : plan?.base) ?? {});
}

function isUnderWay(status: string): boolean {
  return status === 'queued' || status === 'running';
}

/** Whether nothing more will come of a change. */
export function hasEnded(status: ChangeStatus): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled';
}

function isOut(status: string): boolean {
  return status === 'published' || status === 'done';
}

/** A change with its error in the form of a problem. */
export function showChange(c: Context<EdgeEnv>, change: ShownChange): object {
  const { error, steps, ...rest } = withoutSamples(c, change);
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
    if (status === null || !isUnderWay(status)) return;
    if (Date.now() + pause >= deadline) return;
    await sleep(pause);
  }
}
