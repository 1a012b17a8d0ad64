import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { WebSocketServer } from 'ws';
import { type ProxyAnswer, type ProxyRequest, startHttpServer } from './http-server.ts';
import { pipeToPostgres } from './neon-socket.ts';
import { NeonPools, type NeonQuery } from './neon-sql.ts';
import type { Traffic } from './traffic.ts';

export interface NeonProxy {
  /** `HOST:PORT`: what `NEON_LOCAL_PROXY` holds. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Fields of Postgres' errors that Neon passes on, by their names in its JSON; `pg` names them likewise. */
const ERROR_FIELDS = [
  'severity',
  'code',
  'detail',
  'hint',
  'position',
  'internalPosition',
  'internalQuery',
  'where',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'file',
  'line',
  'routine',
] as const;

const ADDRESS = /^(127\.0\.0\.1|localhost):(\d+)$/;

/** Speaks what Neon's serverless driver speaks: SQL over HTTP at /sql, Postgres' protocol over WebSockets at /v2. */
export async function startNeonProxy(options: { traffic: Traffic; port?: number }): Promise<NeonProxy> {
  const { traffic } = options;
  const pools = new NeonPools();
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, host, port] = ADDRESS.exec(url.searchParams.get('address') ?? '') ?? [];
    // Never to another machine: any web page may open a WebSocket to this one.
    if (url.pathname !== '/v2' || host === undefined || port === undefined || traffic.isDown('neon')) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      pipeToPostgres(webSocket, host, Number(port), traffic);
    });
  };

  const server = await startHttpServer({
    port: options.port,
    answer: (request) => answerSql(request, pools, traffic),
    upgrade,
  });
  return {
    address: `127.0.0.1:${server.port}`,
    async stop() {
      for (const webSocket of webSockets.clients) webSocket.terminate();
      webSockets.close();
      await server.stop();
      await pools.end();
    },
  };
}

async function answerSql(request: ProxyRequest, pools: NeonPools, traffic: Traffic): Promise<ProxyAnswer> {
  if (request.method !== 'POST' || request.path !== '/sql')
    return { status: 404, body: { message: 'not found' } };
  if (traffic.isDown('neon')) return { status: 503, body: { message: 'out of order, as a test asked for' } };
  const url = request.header('neon-connection-string');
  if (url === undefined) return { status: 400, body: { message: 'Neon-Connection-String is missing' } };
  const sent: NeonQuery | { readonly queries: readonly NeonQuery[] } = JSON.parse(request.body);
  const { username: user, pathname } = new URL(url);

  const entry = await traffic.enter({
    proxy: 'neon',
    kind: 'http',
    statements: 'queries' in sent ? sent.queries.map(({ query }) => query) : [sent.query],
    user,
    database: pathname.slice(1),
  });
  if (!entry) return 'cut';
  const answer = await runSql(url, sent, request, pools);
  return (await traffic.leave(entry)) ? answer : 'cut';
}

async function runSql(
  url: string,
  sent: NeonQuery | { readonly queries: readonly NeonQuery[] },
  request: ProxyRequest,
  pools: NeonPools,
): Promise<ProxyAnswer> {
  const isSet = (name: string) => request.header(name)?.toLowerCase() === 'true';
  const shape = { arrayMode: isSet('neon-array-mode'), rawText: isSet('neon-raw-text-output') };
  const batch = {
    isolationLevel: request.header('neon-batch-isolation-level'),
    readOnly: isSet('neon-batch-read-only'),
    deferrable: isSet('neon-batch-deferrable'),
  };
  try {
    const body =
      'queries' in sent
        ? await pools.batch(url, sent.queries, batch, shape, request.signal)
        : await pools.single(url, sent, shape, request.signal);
    return { status: 200, body };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // Without a code, the database was not reached: Neon's driver then has no fields to copy.
    if (!(error instanceof pg.DatabaseError)) return { status: 500, body: { message: error.message } };
    const fields = ERROR_FIELDS.map((name) => [name, error[name] ?? null]);
    return { status: 400, body: { message: error.message, ...Object.fromEntries(fields) } };
  }
}
