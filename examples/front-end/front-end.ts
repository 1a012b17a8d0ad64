import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createClient, Problem } from '../../src/client/client.ts';
import { type Cinema, prepareCinema } from './cinema.ts';

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The front end of an application: a page, the client, and a way to the API that adds the token. */
export interface FrontEnd {
  readonly url: string;
  stop(): Promise<void>;
}

/** Makes the workspace `cinema` where it is not there, and serves the page over it. */
export async function startFrontEnd(options: {
  readonly api: string;
  readonly token: string;
  readonly port: number;
}): Promise<FrontEnd> {
  await makeWorkspace(options.api, options.token);
  await prepareCinema(createClient<Cinema>({ url: options.api, workspace: 'cinema', token: options.token }));
  const page = await readFile(fileOf('index.html'));
  const client = await bundledClient();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://front.end');
    if (pathname === '/') send(response, 'text/html; charset=utf-8', page);
    else if (pathname === '/client.js') send(response, 'text/javascript', client);
    else if (pathname.startsWith('/v1/cinema/')) {
      passOn(request, response, options).catch((error: Error) => response.destroy(error));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function makeWorkspace(api: string, token: string): Promise<void> {
  const response = await fetch(`${api}/v1/workspaces`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ slug: 'cinema', label: 'Cinema' }),
  });
  const body = JSON.parse(await response.text());
  if (!response.ok && body.code !== 'workspace_exists') throw new Problem(response.status, body, null);
}

async function bundledClient(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileOf('../../src/client/client.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

/** The browser never has the token: the server adds it to requests of this workspace's records, and of no others. */
async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  { api, token }: { readonly api: string; readonly token: string },
): Promise<void> {
  const names = ['content-type', 'if-match', 'if-none-match', 'prefer', 'model-hash', 'idempotency-key'];
  const headers = new Headers({ Authorization: `Bearer ${token}` });
  for (const name of names) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  const { method = 'GET', url = '/' } = request;
  const body = method === 'GET' || method === 'HEAD' ? {} : { body: Readable.toWeb(request), duplex: 'half' };
  const answer = await fetch(`${api}${url}`, { method, headers, ...body } as RequestInit);
  const passed = ['content-type', 'etag', 'location', 'model-hash', 'retry-after'].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  response.writeHead(answer.status, Object.fromEntries(passed));
  response.end(new Uint8Array(await answer.arrayBuffer()));
}

function send(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response.writeHead(200, { 'Content-Type': type }).end(body);
}
