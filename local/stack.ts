import { join } from 'node:path';
import type { DatabaseUrls } from './database.ts';
import { type NeonProxy, startNeonProxy } from './neon-proxy.ts';
import { type LocalPostgres, startPostgres } from './postgres.ts';
import { type LocalRedis, startRedis } from './redis.ts';
import { Traffic } from './traffic.ts';
import { startUpstashProxy, type UpstashProxy } from './upstash-proxy.ts';

/** Everything that the Worker needs from outside: Postgres and Redis, behind Neon's and Upstash's protocols. */
export interface Stack {
  readonly postgres: LocalPostgres;
  readonly redis: LocalRedis;
  readonly neon: NeonProxy;
  readonly upstash: UpstashProxy;
  readonly traffic: Traffic;
  /** What the Worker is to find in its environment in order to use one database of this stack. */
  bindings(database: DatabaseUrls): Record<string, string>;
  /** Ends all of it, last started first. */
  stop(): Promise<void>;
}

export interface StackOptions {
  /** `postgres/` and `redis/` are made in it. */
  readonly dataDir: string;
  /** False: nothing need outlive this process. For tests. True when absent. */
  readonly durable?: boolean;
  /** True: not even look for an installed Redis server. */
  readonly embeddedRedis?: boolean;
  /** Whether `traffic.entries` is kept. False when absent. */
  readonly recordsTraffic?: boolean;
}

const UPSTASH_TOKEN = 'local';

/** Starts the stack on free ports of 127.0.0.1. When a part does not start, those before it are ended. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const durable = options.durable ?? true;
  const traffic = new Traffic({ records: options.recordsTraffic ?? false });
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (let part = started.pop(); part; part = started.pop()) await part.stop();
  };
  const add = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const part = await starting;
    started.push(part);
    return part;
  };
  try {
    const postgres = await add(startPostgres({ dataDir: join(options.dataDir, 'postgres'), durable }));
    const redis = await add(
      startRedis({
        ...(durable ? { dataDir: join(options.dataDir, 'redis') } : {}),
        embedded: options.embeddedRedis ?? false,
      }),
    );
    const neon = await add(startNeonProxy({ traffic }));
    const upstash = await add(startUpstashProxy({ redis, traffic, token: UPSTASH_TOKEN }));
    const bindings = (database: DatabaseUrls) => ({
      DATABASE_URL: database.edge,
      MIGRATOR_DATABASE_URL: database.migrator,
      UPSTASH_REDIS_REST_URL: upstash.url,
      UPSTASH_REDIS_REST_TOKEN: UPSTASH_TOKEN,
      NEON_LOCAL_PROXY: neon.address,
    });
    return { postgres, redis, neon, upstash, traffic, bindings, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
