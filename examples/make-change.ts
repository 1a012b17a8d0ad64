import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { readHashes } from './model-hashes.ts';
import type { MovieChange } from './movie-changes.ts';
import { readAnswer } from './read-answer.ts';
import type { Workspace } from './workspace.ts';

/** What became of a change. The hashes are those of `movie`, in the order of the isolates. */
export interface MadeChange {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly confirmed: boolean;
  readonly milliseconds: number;
  readonly planned: string | undefined;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const PLAN = v.object({
  hash: v.string(),
  destructive: v.boolean(),
  result: v.record(v.string(), v.string()),
});
const CHANGE = v.object({ id: v.string(), status: v.string() });

const IS_OUT = ['published', 'done'];
const IS_OVER = ['done', 'failed', 'cancelled'];
const PAUSE_MS = 250;
const PATIENCE_MS = 60_000;

/** Looks at the plan, makes the change, confirms what it drops, and asks all isolates before and after. */
export async function makeChange(workspace: Workspace, { title, body }: MovieChange): Promise<MadeChange> {
  const before = await readHashes(workspace, 'movie');
  const plan = readAnswer(await workspace.request('POST', '/plans', body), 200, PLAN);
  const sent = plan.destructive ? { ...body, confirm: plan.hash } : body;
  const begin = performance.now();
  const answer = await workspace.request('POST', '/changes', sent, { Prefer: 'wait=20' });
  const milliseconds = performance.now() - begin;
  const { id, status } = readAnswer(answer, 200, CHANGE);
  const after = await readHashes(workspace, 'movie');
  const planned = plan.result['movie'];
  return { id, title, status, confirmed: plan.destructive, milliseconds, planned, before, after };
}

/** Whether it was published, and every isolate went from one hash to the planned one. */
export function isAsPlanned({ status, planned, before, after }: MadeChange): boolean {
  const isMoved = after.every((hash) => hash === planned && !before.includes(hash));
  return IS_OUT.includes(status) && new Set(before).size === 1 && isMoved;
}

/** Waits for the clean-up behind a change. Answers its last status, whatever that is after a minute. */
export async function awaitEnd(workspace: Workspace, id: string): Promise<string> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { status } = readAnswer(await workspace.get(`/changes/${id}`), 200, CHANGE);
    if (IS_OVER.includes(status) || performance.now() > deadline) return status;
    await sleep(PAUSE_MS);
  }
}
