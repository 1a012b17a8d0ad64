import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** GitHub's contents API as far as pushes of definitions need it, over files that a test commits. */
export class LocalGitHub {
  readonly url: string;
  readonly token = 'github_pat_test';
  /** The requests that it was sent: `PATH?ref=COMMIT`. */
  readonly asked: string[] = [];
  /** A status that it answers with in the place of all else. */
  failing: number | undefined;
  readonly #commits = new Map<string, Readonly<Record<string, string>>>();
  readonly #stop: () => Promise<void>;

  private constructor(url: string, stop: () => Promise<void>) {
    this.url = url;
    this.#stop = stop;
  }

  static async start(): Promise<LocalGitHub> {
    const server = createServer((request, response) => {
      const { status, body } = github.#answer(request);
      response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const github = new LocalGitHub(`http://127.0.0.1:${port}`, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return github;
  }

  /** All files of a repository at a commit, by their paths. */
  commit(commit: string, files: Readonly<Record<string, string>>): void {
    this.#commits.set(commit, files);
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  #answer({ url = '', headers }: IncomingMessage): { readonly status: number; readonly body: unknown } {
    const { pathname, searchParams } = new URL(url, this.url);
    const path = decodeURIComponent(/^\/repos\/[^/]+\/[^/]+\/contents\/(.*)$/.exec(pathname)?.[1] ?? '');
    const commit = searchParams.get('ref') ?? '';
    this.asked.push(`${path}?ref=${commit}`);
    if (this.failing !== undefined) return { status: this.failing, body: { message: 'Server Error' } };
    if (headers.authorization !== `Bearer ${this.token}`)
      return { status: 401, body: { message: 'Bad credentials' } };
    if (!headers['user-agent'])
      return { status: 403, body: { message: 'Request forbidden by administrative rules.' } };
    const files = this.#commits.get(commit) ?? {};
    const text = files[path];
    if (text !== undefined) {
      // As GitHub writes it: in lines.
      const content = Buffer.from(text).toString('base64').replace(/.{60}/g, '$&\n');
      return { status: 200, body: { type: 'file', encoding: 'base64', size: text.length, path, content } };
    }
    const below = Object.keys(files).filter((name) => name.startsWith(`${path}/`));
    if (below.length === 0) return { status: 404, body: { message: 'Not Found', status: '404' } };
    const names = new Set(below.map((name) => name.slice(path.length + 1).split('/', 1)[0] ?? ''));
    const entries = [...names].map((name) => {
      const type = files[`${path}/${name}`] === undefined ? 'dir' : 'file';
      return { type, name, path: `${path}/${name}` };
    });
    return { status: 200, body: entries };
  }
}
