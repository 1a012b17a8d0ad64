import { parseHead } from '../../src/heads/head.ts';
import { type HeadStore, HeadStoreError, type PublishedHead } from '../../src/ports.ts';
import type { Actor, Gates } from './gates.ts';
import { LAG } from './rules.ts';

interface Copy {
  readonly heads: Map<string, string>;
  readonly definitions: Map<string, string>;
}

export interface RedisOptions {
  readonly headsOnlyGrow: boolean;
  /** Seconds that `due` answers a list after a sweep of the whole catalog. */
  readonly sweptSeconds: number;
  readonly now: () => number;
  readonly onHead: (head: string) => void;
}

const emptyCopy = (): Copy => ({ heads: new Map(), definitions: new Map() });

/** What the adapter needs of Redis, as `upstashHeadStore` uses it, and a replica that lags behind. */
export class SimulatedRedis {
  readonly #options: RedisOptions;
  readonly primary = emptyCopy();
  readonly replica = emptyCopy();
  #log: { readonly at: number; readonly write: (copy: Copy) => void }[] = [];
  #due = new Map<string, number>();
  #sweptUntil = -1;

  constructor(options: RedisOptions) {
    this.#options = options;
  }

  /** Every command stands at a gate of `actor`; `gates` null: it passes at once. */
  storeFor(actor: Actor, gates: Gates | null): HeadStore {
    const { now } = this.#options;
    const command = async <T>(at: string, act: (copy: Copy) => T): Promise<T> => {
      if (!gates) return act(this.primary);
      return gates.wait({ actor, at, place: 'redis' }, (pick) => {
        if (pick % 16 === 15) throw new HeadStoreError('Redis did not answer');
        return act(pick % 2 === 1 ? this.replica : this.primary);
      });
    };
    return {
      read: (workspace, models) =>
        command('HMGET', ({ heads }) => models.map((model) => heads.get(`${workspace}/${model}`) ?? null)),
      readDefinition: (hash) => command('GET', ({ definitions }) => definitions.get(hash) ?? null),
      publish: async (workspace, heads) => {
        await command('MSET', () => this.#write(definitionsOf(heads)));
        await command('EVAL', () => {
          // What stands beside the heads is no part of this.
          for (const { model, head } of heads.filter((one) => parseHead(one.head)))
            this.#publishHead(`${workspace}/${model}`, head);
        });
      },
      // What stands beside the heads is no part of this.
      write: async () => undefined,
      remove: async () => undefined,
      schedule: (workspace, at) =>
        command('ZADD', () => {
          this.#due.set(workspace, Math.min(at, this.#due.get(workspace) ?? at));
        }),
      unschedule: (workspace) =>
        command('ZREM', () => {
          this.#due.delete(workspace);
        }),
      forget: () => command('DEL', () => this.#write(({ heads }) => heads.clear())),
      due: (at) =>
        command('ZRANGE', () => {
          if (now() >= this.#sweptUntil) return null;
          return [...this.#due].filter(([, time]) => time <= at).map(([workspace]) => workspace);
        }),
      swept: (at) =>
        command('SET', () => {
          this.#sweptUntil = at + this.#options.sweptSeconds * 1000;
        }),
    };
  }

  /** The replica takes one write over. */
  replicate(): void {
    this.#log.shift()?.write(this.replica);
  }

  /** The bound that a replica lags by, or the operator counts on: it has what is older. */
  catchUp(): void {
    while (this.#log[0] && this.#options.now() - this.#log[0].at > LAG * 1000) this.replicate();
  }

  /** All is lost. */
  empty(): void {
    for (const copy of [this.primary, this.replica]) {
      copy.heads.clear();
      copy.definitions.clear();
    }
    this.#log = [];
    this.#due.clear();
    this.#sweptUntil = -1;
  }

  #write(write: (copy: Copy) => void): void {
    write(this.primary);
    this.#log.push({ at: this.#options.now(), write });
  }

  /** The script of the adapter. */
  #publishHead(key: string, head: string): void {
    const known = parseHead(this.primary.heads.get(key) ?? null);
    const next = parseHead(head);
    if (this.#options.headsOnlyGrow && known && next && next.seq <= known.seq) return;
    this.#write(({ heads }) => heads.set(key, head));
    this.#options.onHead(head);
  }
}

function definitionsOf(heads: readonly PublishedHead[]): (copy: Copy) => void {
  return ({ definitions }) => {
    for (const { hash, body } of heads) if (hash !== null && body !== null) definitions.set(hash, body);
  };
}
