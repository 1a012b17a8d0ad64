import { UnexpectedAnswer } from './read-answer.ts';
import type { Workspace } from './workspace.ts';

/** The hash of the class by which each isolate answers, in the order of the isolates. */
export async function readHashes(workspace: Workspace, model: string): Promise<readonly string[]> {
  return Promise.all(
    workspace.isolates.map(async (isolate) => {
      const answer = await isolate.request('GET', workspace.address(`/records/${model}?limit=1`));
      const hash = hashOf(answer.headers, model);
      if (answer.status !== 200 || hash === null) throw new UnexpectedAnswer(answer, '200 with a Model-Hash');
      return hash;
    }),
  );
}

/** What an answer's `Model-Hash: movie=…, director=…` says of a model. */
export function hashOf(headers: Headers, model: string): string | null {
  const entries = (headers.get('Model-Hash') ?? '').split(',').map((entry) => entry.trim().split('='));
  return entries.find(([name]) => name === model)?.[1] ?? null;
}

/** As much of a hash as a person compares. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
