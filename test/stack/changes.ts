import { expect } from 'vitest';
import type { Answer, Edge } from './answer.ts';

const WAIT = { Prefer: 'wait=20' };

/** Sends a change and answers it once it is published, or failed. */
export function change(isolate: Edge, body: object, workspace = 'main'): Promise<Answer> {
  return isolate.request('POST', `/v1/${workspace}/changes`, body, WAIT);
}

/** The same for operations whose plan drops something: looks at the plan, then confirms it. */
export async function confirmed(isolate: Edge, body: object, workspace = 'main'): Promise<Answer> {
  const plan = await isolate.request('POST', `/v1/${workspace}/plans`, body);
  return change(isolate, { ...body, confirm: plan.body.hash }, workspace);
}

export function operations(...list: readonly object[]): { readonly operations: readonly object[] } {
  return { operations: list };
}

export function putModel(
  isolate: Edge,
  name: string,
  definition: object,
  workspace = 'main',
): Promise<Answer> {
  return isolate.request('PUT', `/v1/${workspace}/models/${name}`, definition, WAIT);
}

/** Waits until a change has ended, contract steps included. */
export function ended(isolate: Edge, id: string, workspace = 'main'): Promise<Answer> {
  return whenChange(isolate, id, workspace, ['done', 'failed', 'cancelled']);
}

/** Waits until a change is published, or will not be: also one that takes longer than a request may wait. */
export function published(isolate: Edge, id: string, workspace = 'main'): Promise<Answer> {
  return whenChange(isolate, id, workspace, ['published', 'done', 'failed', 'cancelled']);
}

async function whenChange(
  isolate: Edge,
  id: string,
  workspace: string,
  statuses: readonly string[],
): Promise<Answer> {
  for (;;) {
    const answer = await isolate.get(`/v1/${workspace}/changes/${id}`);
    if (answer.status !== 200 || statuses.includes(answer.body.status)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** SQL of a text that no index over it takes, however well it is compressed. */
export const TOO_LONG_TO_INDEX = `(select string_agg(md5(n::text), '') from generate_series(1, 500) as n)`;

/** Makes a change of operations that may drop something, and answers it once nothing more comes of it. */
export async function carryOut(isolate: Edge, ...list: readonly object[]): Promise<Answer> {
  const sent = await confirmed(isolate, operations(...list));
  expect(sent.body, JSON.stringify(sent.body)).not.toHaveProperty('error');
  const answer = await ended(isolate, sent.body.id);
  expect(answer.body, JSON.stringify(answer.body.error)).toMatchObject({ status: 'done' });
  expect(answer.body).not.toHaveProperty('error');
  return answer;
}
