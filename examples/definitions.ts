import { readdir, readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { readAnswer } from './read-answer.ts';
import type { Workspace } from './workspace.ts';

const FOLDER = new URL('./definitions/', import.meta.url);

const DEFINITION = v.looseObject({ name: v.string(), fields: v.array(v.looseObject({ name: v.string() })) });
const CHANGE = v.object({ status: v.picklist(['published', 'done']) });

export type Definition = v.InferOutput<typeof DEFINITION>;

export async function readDefinitions(): Promise<readonly Definition[]> {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file) => v.parse(DEFINITION, JSON.parse(await readFile(new URL(file, FOLDER), 'utf8')))),
  );
}

/** All in one change: models may refer to one another in any order. */
export async function publishDefinitions(
  workspace: Workspace,
  models: readonly Definition[],
): Promise<string> {
  const answer = await workspace.request('POST', '/changes', { models }, { Prefer: 'wait=20' });
  return readAnswer(answer, 200, CHANGE).status;
}
