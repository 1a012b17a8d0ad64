import type { BenchSystem } from './system.ts';
import type { Workerd } from './workerd.ts';

/** Requests to one Worker, as a client of the API sends them. */
export interface Client {
  /** Throws unless the answer has one of these statuses. */
  request(method: string, path: string, body: object | undefined, ...statuses: number[]): Promise<Answer>;
  /** Waits until a change has ended, clean-up included, and answers it; throws unless it is done. */
  ended(workspace: string, id: string): Promise<Answer['body']>;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any route.
  readonly body: any;
}

const ENDED = ['done', 'failed', 'cancelled'];
const POLL_MS = 20;

export function clientOf(system: Pick<BenchSystem, 'headers'>, workerd: Workerd): Client {
  const request: Client['request'] = async (method, path, body, ...statuses) => {
    const answer = await fetch(new URL(path, workerd.url), {
      method,
      headers: { ...system.headers, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!statuses.includes(answer.status)) {
      throw new Error(`${method} ${path} was answered by ${answer.status}: ${text}`);
    }
    return { status: answer.status, body: JSON.parse(text) };
  };
  return {
    request,
    async ended(workspace, id) {
      for (;;) {
        const { body } = await request('GET', `/v1/${workspace}/changes/${id}`, undefined, 200);
        if (body.status === 'done' && !body.error) return body;
        if (ENDED.includes(body.status)) {
          throw new Error(`the change is ${body.status}: ${JSON.stringify(body.error)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
  };
}
