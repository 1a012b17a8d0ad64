import type { Answer } from './answer.ts';

/** The hash of a model in `Model-Hash: MODEL=HASH`; empty where it is not there. */
export function hashOf(answer: Answer, model: string): string {
  const pairs = (answer.headers.get('Model-Hash') ?? '').split(/,\s*/);
  return pairs.find((pair) => pair.startsWith(`${model}=`))?.slice(model.length + 1) ?? '';
}
