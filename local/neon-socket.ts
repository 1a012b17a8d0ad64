import { connect } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import { BackendReader, FrontendReader, queryMessage } from './postgres-messages.ts';
import type { Traffic, TrafficEntry } from './traffic.ts';

/**
 * Pipes a WebSocket to a TCP connection of Postgres, and disturbs it on the way. Bytes keep their order. When one
 * side goes, so does the other: Postgres then finishes or gives up what it has.
 */
export function pipeToPostgres(webSocket: WebSocket, host: string, port: number, traffic: Traffic): void {
  const postgres = connect({ host, port, noDelay: true });
  const frontend = new FrontendReader();
  const backend = new BackendReader();
  const unanswered: TrafficEntry[] = [];
  const cut = () => {
    postgres.destroy();
    webSocket.terminate();
    for (const entry of unanswered.splice(0)) traffic.close(entry);
  };
  const toPostgres = new Lane(cut);
  const toClient = new Lane(cut);

  webSocket.on('message', (data) => {
    const chunk = bytesOf(data);
    toPostgres.run(async () => {
      const statements = frontend.read(chunk);
      if (statements.length > 0) {
        if (traffic.isDown('neon')) return cut();
        const [user = '', database = ''] = ['user', 'database'].map((name) => frontend.parameters.get(name));
        const entry = await traffic.enter({ proxy: 'neon', kind: 'websocket', statements, user, database });
        if (!entry) return cut();
        unanswered.push(entry);
        const instead = traffic.instead?.(entry);
        if (instead !== undefined) {
          postgres.write(queryMessage(instead));
          return;
        }
      }
      postgres.write(chunk);
    });
  });
  postgres.on('data', (chunk: Buffer) => {
    toClient.run(async () => {
      for (const entry of unanswered.splice(0, backend.read(chunk))) {
        if (!(await traffic.leave(entry))) return cut();
      }
      webSocket.send(chunk);
    });
  });

  // What was sent last goes out before the end.
  webSocket.on('close', () => toPostgres.run(() => void postgres.end()));
  postgres.on('close', () => toClient.run(() => webSocket.close()));
  webSocket.on('error', cut);
  postgres.on('error', cut);
}

/** Work that is done one after another. After a failure nothing more is done. */
class Lane {
  #last: Promise<void> = Promise.resolve();
  #hasFailed = false;
  readonly #onFailure: () => void;

  constructor(onFailure: () => void) {
    this.#onFailure = onFailure;
  }

  run(work: () => void | Promise<void>): void {
    this.#last = this.#last
      .then(() => (this.#hasFailed ? undefined : work()))
      .catch((error: unknown) => {
        this.#hasFailed = true;
        console.error('A WebSocket of the Neon proxy was cut:', error);
        this.#onFailure();
      });
  }
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
