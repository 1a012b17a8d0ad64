import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Reads and updates of single rows of one table, at fixed times whatever became of those before. */
export interface TableLoad {
  readonly connectionString: string;
  /** Quoted and qualified. */
  readonly table: string;
  readonly ids: readonly string[];
  readonly readsPerSecond: number;
  readonly updatesPerSecond: number;
}

/** One statement of the load. */
export interface Sample {
  readonly kind: 'read' | 'update';
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly milliseconds: number;
  /** SQLSTATE, or the message of a failure that has none. */
  readonly error?: string;
}

export interface TableLoadResult {
  readonly samples: readonly Sample[];
  /** Longest time that a statement of the load was seen to wait for a lock, by time of observation. */
  readonly lockWaits: readonly { readonly at: number; readonly milliseconds: number }[];
}

export type Order = { readonly kind: 'start'; readonly load: TableLoad } | { readonly kind: 'stop' };
export type Reply =
  | { readonly kind: 'started' }
  | { readonly kind: 'stopped'; readonly result: TableLoadResult }
  | { readonly kind: 'broken'; readonly error: string };

const PROGRAM = fileURLToPath(new URL('./table-load-process.ts', import.meta.url));

/** Sends the load from a process of its own. One load at a time. */
export class TableLoadGenerator {
  readonly #process: ChildProcess = fork(PROGRAM);
  readonly #gone = once(this.#process, 'exit').then((): [Reply] => [
    { kind: 'broken', error: 'the load generator ended' },
  ]);

  async start(load: TableLoad): Promise<void> {
    await this.#ask({ kind: 'start', load });
  }

  /** Stops, and waits for what is under way. */
  async stop(): Promise<TableLoadResult> {
    const reply = await this.#ask({ kind: 'stop' });
    if (reply.kind !== 'stopped') throw new TypeError(`the load generator answered ${reply.kind}`);
    return reply.result;
  }

  async #ask(order: Order): Promise<Reply> {
    this.#process.send(order);
    const [reply]: readonly Reply[] = await Promise.race([once(this.#process, 'message'), this.#gone]);
    if (!reply || reply.kind === 'broken') throw new Error(`No load: ${reply?.error}`);
    return reply;
  }

  end(): void {
    if (this.#process.connected) this.#process.disconnect();
  }
}
