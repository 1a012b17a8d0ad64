import * as v from 'valibot';
import type { Answer, Isolate } from './isolate.ts';
import { readAnswer, UnexpectedAnswer } from './read-answer.ts';

const SLUG = 'example';
/** Tells a workspace of this example from one that somebody else has given such a slug. */
const LABEL = 'Made by npm run example';
const LIST = v.object({ data: v.array(v.object({ slug: v.string(), label: v.nullable(v.string()) })) });

/** A workspace, asked at all isolates in turn: what one of them did, the next one must know. */
export class Workspace {
  readonly slug: string;
  readonly isolates: readonly Isolate[];
  #requests = 0;

  constructor(slug: string, isolates: readonly Isolate[]) {
    this.slug = slug;
    this.isolates = isolates;
  }

  request(
    method: string,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    return this.#next().request(method, this.address(path), body, headers);
  }

  get(path: string): Promise<Answer> {
    return this.request('GET', path);
  }

  address(path: string): string {
    return `/v1/${this.slug}${path}`;
  }

  #next(): Isolate {
    const isolate = this.isolates[this.#requests % this.isolates.length];
    if (!isolate) throw new TypeError('there is at least one isolate');
    this.#requests += 1;
    return isolate;
  }
}

/** Moves what an earlier run has left to the trash, and makes an empty workspace. */
export async function makeWorkspace(isolates: readonly Isolate[]): Promise<Workspace> {
  const [first] = isolates;
  if (!first) throw new TypeError('there is at least one isolate');
  const { data } = readAnswer(await first.request('GET', '/v1/workspaces'), 200, LIST);
  const earlier = data.filter(({ label }) => label === LABEL);
  for (const { slug } of earlier) {
    const answer = await first.request('DELETE', `/v1/workspaces/${slug}`);
    if (answer.status !== 204) throw new UnexpectedAnswer(answer, '204');
  }
  const created = await first.request('POST', '/v1/workspaces', { slug: SLUG, label: LABEL });
  if (created.status === 201) return new Workspace(SLUG, isolates);
  if (created.status !== 409) throw new UnexpectedAnswer(created, '201 or 409');
  // Somebody has it, or its workspace lies in the trash.
  const slug = `${SLUG}-${Math.floor(Date.now() / 1000)}`;
  readAnswer(await first.request('POST', '/v1/workspaces', { slug, label: LABEL }), 201, v.object({}));
  return new Workspace(slug, isolates);
}
