import { Changes } from '../client/changes.ts';
import { Transport } from '../client/transport.ts';
import { type ModelDefinition, withoutAnswered } from './definitions/model-definition.ts';
import { Stopped } from './stopped.ts';
import { nameTarget, type Target } from './target.ts';

/** The server of a target, by HTTP. */
export class Server {
  readonly target: Target;
  /** What belongs to the workspace. */
  readonly workspace: Transport;
  /** What belongs to the server as a whole. */
  readonly root: Transport;
  readonly changes: Changes;

  constructor(target: Target) {
    const options = { ...target, fetch: (url: string, init: RequestInit) => reach(target.url, url, init) };
    this.target = target;
    this.workspace = new Transport(options);
    this.root = new Transport(options, '/v1');
    this.changes = new Changes(this.workspace);
  }

  get name(): string {
    return nameTarget(this.target);
  }

  /** All published definitions, as files hold them. */
  async definitions(): Promise<readonly ModelDefinition[]> {
    const { models } = await this.workspace.json<{ models: readonly ModelDefinition[] }>(
      'GET',
      '/definitions.json',
    );
    return models.map(withoutAnswered);
  }

  /** The text of a document of the workspace. */
  async text(path: string): Promise<string> {
    return (await this.workspace.send('GET', path)).text();
  }

  /** The whole of a list, however many pages it has. */
  async all<T>(path: string): Promise<readonly T[]> {
    const data: T[] = [];
    for (let cursor: string | null = null; ; ) {
      const query: URLSearchParams = new URLSearchParams(cursor === null ? {} : { cursor });
      const answer: { data: readonly T[]; page?: { next: string | null } } = await this.workspace.json(
        'GET',
        path,
        { query },
      );
      data.push(...answer.data);
      cursor = answer.page?.next ?? null;
      if (cursor === null) return data;
    }
  }
}

/** Where nothing answers, or something else than a server of Remodel, that is what is said. */
async function reach(origin: string, url: string, init: RequestInit): Promise<Response> {
  // A body that is sent while it is read: its answer comes when it has ended.
  const streamed = init.body instanceof ReadableStream ? { ...init, duplex: 'half' as const } : init;
  const response = await fetch(url, streamed).catch((error: unknown) => {
    throw new Stopped('no_answer', `${origin} does not answer: ${reasonOf(error)}`, error);
  });
  if (response.headers.get('Content-Type')?.startsWith('text/html')) {
    await response.body?.cancel();
    const message = `${origin} answers with a web page (${response.status}), as no server of Remodel does: look at the url`;
    throw new Stopped('no_answer', message);
  }
  return response;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; is the server running, and the url right?',
  ENOTFOUND: 'there is no host of that name; look at the url',
  EAI_AGAIN: 'the name of the host cannot be looked up; is there a network?',
  ECONNRESET: 'it broke the connection off; try again',
  ETIMEDOUT: 'it took too long; try again',
  UND_ERR_CONNECT_TIMEOUT: 'it took too long to connect; look at the url, and at the network',
  UND_ERR_SOCKET: 'it broke the connection off; try again',
};

/** `fetch` says "fetch failed", and keeps the reason for its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? (cause instanceof Error && cause.message !== '' ? cause.message : code);
}
