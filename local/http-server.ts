import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface ProxyRequest {
  readonly method: string;
  readonly path: string;
  /** Undefined where the client did not send it. */
  header(name: string): string | undefined;
  readonly body: string;
  /** Aborted when the client goes before it has its answer. */
  readonly signal: AbortSignal;
}

/** JSON with a status; or the connection is cut without a word. */
export type ProxyAnswer = { readonly status: number; readonly body: unknown } | 'cut';

export interface HttpServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Longer than any client keeps an idle connection: a server that closes first makes requests fail. */
const KEEP_ALIVE = 300_000;

/** A small server of JSON on 127.0.0.1. What `answer` throws is answered by 500. */
export async function startHttpServer(options: {
  readonly port: number | undefined;
  readonly answer: (request: ProxyRequest) => Promise<ProxyAnswer>;
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}): Promise<HttpServer> {
  const server = createServer(
    { noDelay: true, keepAliveTimeout: KEEP_ALIVE, requestTimeout: 0 },
    (request, response) => {
      respond(request, response, options.answer).catch((error: Error) => request.socket.destroy(error));
    },
  );
  if (options.upgrade) server.on('upgrade', options.upgrade);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP address.');
  return {
    port: address.port,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: ProxyRequest) => Promise<ProxyAnswer>,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request) body += chunk;
  const answered = await answer({
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    header: (name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? value : undefined;
    },
    body,
    signal: gone.signal,
  }).catch((error: unknown): ProxyAnswer => {
    const message = error instanceof Error ? error.message : String(error);
    return { status: 500, body: { message, error: message } };
  });
  if (answered === 'cut') {
    request.socket.destroy();
    return;
  }
  const text = JSON.stringify(answered.body);
  response.writeHead(answered.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
