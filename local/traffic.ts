import { setTimeout as sleep } from 'node:timers/promises';

/** What every request through a proxy has. Two were in flight at once where `begin` and `end` interleave. */
interface Passage {
  /** Place in the one order of all beginnings and ends, of both proxies. */
  readonly begin: number;
  /** Undefined until the answer went out, or the connection was cut. */
  end: number | undefined;
}

/** SQL on its way to Postgres: the texts, without parameters. */
export interface SqlEntry extends Passage {
  readonly proxy: 'neon';
  readonly kind: 'http' | 'websocket';
  readonly statements: readonly string[];
  /** The login's name. */
  readonly user: string;
  readonly database: string;
}

/** Commands on their way to Redis, with their arguments. */
export interface RedisEntry extends Passage {
  readonly proxy: 'upstash';
  readonly kind: 'http';
  readonly commands: readonly (readonly string[])[];
}

export type TrafficEntry = SqlEntry | RedisEntry;
type Unnumbered = Omit<SqlEntry, 'begin' | 'end'> | Omit<RedisEntry, 'begin' | 'end'>;

/** Cuts the connection when it throws; the proxy waits for what it returns. */
export type TrafficHook = (entry: TrafficEntry) => void | Promise<void>;

/** Records and disturbs what goes through the two proxies. Without hooks it only counts. For tests. */
export class Traffic {
  readonly #entries: TrafficEntry[] = [];
  #order = 0;
  /** Off by default: a server that runs for days must not keep what it was asked. */
  readonly #records: boolean;
  /** Added before each request is passed on. */
  delayMs = 0;
  /** True: both proxies refuse everything. */
  down = false;
  /** True: the proxy of this name refuses everything. */
  readonly downOf: { neon: boolean; upstash: boolean } = { neon: false, upstash: false };
  /** Before a request is passed on. */
  onRequest: TrafficHook | undefined;
  /** After Postgres or Redis has answered, before the client hears of it. */
  onResponse: TrafficHook | undefined;
  /** What Redis is not asked for: an answer in its place (such as that of a stale replica), or undefined. */
  staleReads: ((command: readonly string[]) => unknown) | undefined;

  /** SQL that Postgres is sent in a session in place of a request, such as one that fails; or undefined. */
  instead: ((entry: TrafficEntry) => string | undefined) | undefined;

  constructor(options: { readonly records: boolean }) {
    this.#records = options.records;
  }

  /** What has been asked since the last `clear`, in the order of `begin`. */
  get entries(): readonly TrafficEntry[] {
    return this.#entries;
  }

  /** Texts of the statements that Postgres was sent, in order. */
  get statements(): readonly string[] {
    return this.#entries.flatMap((entry) => (entry.proxy === 'neon' ? entry.statements : []));
  }

  /** The commands that Redis was sent, in order. */
  get commands(): readonly (readonly string[])[] {
    return this.#entries.flatMap((entry) => (entry.proxy === 'upstash' ? entry.commands : []));
  }

  clear(): void {
    this.#entries.length = 0;
  }

  /** Undoes every disturbance and forgets what was recorded. */
  reset(): void {
    this.clear();
    this.delayMs = 0;
    this.down = false;
    this.downOf.neon = false;
    this.downOf.upstash = false;
    this.onRequest = undefined;
    this.onResponse = undefined;
    this.staleReads = undefined;
    this.instead = undefined;
  }

  isDown(proxy: TrafficEntry['proxy']): boolean {
    return this.down || this.downOf[proxy];
  }

  /** For the proxies: records a request, and disturbs it. Undefined means: cut the connection. */
  async enter(request: Unnumbered): Promise<TrafficEntry | undefined> {
    this.#order += 1;
    const entry: TrafficEntry = { ...request, begin: this.#order, end: undefined };
    if (this.#records) this.#entries.push(entry);
    try {
      if (this.delayMs > 0) await sleep(this.delayMs);
      await this.onRequest?.(entry);
      return entry;
    } catch {
      this.close(entry);
      return undefined;
    }
  }

  /** For the proxies: the answer is there. False means: cut the connection before the client has it. */
  async leave(entry: TrafficEntry): Promise<boolean> {
    try {
      await this.onResponse?.(entry);
      return true;
    } catch {
      return false;
    } finally {
      this.close(entry);
    }
  }

  /** For the proxies: the request is over, with or without an answer. */
  close(entry: TrafficEntry): void {
    if (entry.end !== undefined) return;
    this.#order += 1;
    entry.end = this.#order;
  }
}
