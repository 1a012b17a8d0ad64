import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { cloneDatabase, type DatabaseUrls, dropDatabase } from '../../local/database.ts';
import { startNeonProxy } from '../../local/neon-proxy.ts';
import { type LocalRedis, startRedis } from '../../local/redis.ts';
import { Traffic } from '../../local/traffic.ts';
import { startUpstashProxy } from '../../local/upstash-proxy.ts';
import { TEMPLATE } from './global-setup.ts';
import { Isolate } from './isolate.ts';

const UPSTASH_TOKEN = 'test';

/** A whole system on real parts: isolates, proxies, a Redis, a database of its own. */
export interface System {
  readonly isolates: readonly Isolate[];
  readonly traffic: Traffic;
  readonly redis: LocalRedis;
  readonly urls: DatabaseUrls;
  readonly bindings: Readonly<Record<string, string>>;
  /** The first isolate. */
  readonly edge: Isolate;
  /** SQL as the owner, past the proxies. */
  sql(text: string, params?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  startIsolate(bindings?: Readonly<Record<string, string>>): Promise<Isolate>;
  stop(): Promise<void>;
}

export async function startSystem(
  options: { readonly isolates?: number; readonly bindings?: Readonly<Record<string, string>> } = {},
): Promise<System> {
  const { port, template } = inject('postgres');
  const postgres = { port, ownerUrl: (database: string) => template.replace(TEMPLATE, database) };
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const traffic = new Traffic({ records: true });
  const [urls, redis, neon] = await Promise.all([
    cloneDatabase(postgres, TEMPLATE, name),
    startRedis({}),
    startNeonProxy({ traffic }),
  ]);
  const upstash = await startUpstashProxy({ redis, traffic, token: UPSTASH_TOKEN });
  const bindings = {
    DATABASE_URL: urls.edge,
    MIGRATOR_DATABASE_URL: urls.migrator,
    UPSTASH_REDIS_REST_URL: upstash.url,
    UPSTASH_REDIS_REST_TOKEN: UPSTASH_TOKEN,
    NEON_LOCAL_PROXY: neon.address,
    ...options.bindings,
  };
  const owner = new pg.Pool({ connectionString: urls.owner, max: 4 });
  const isolates: Isolate[] = [];
  const startIsolate = async (more: Readonly<Record<string, string>> = {}) => {
    const isolate = await Isolate.start(inject('workerPath'), { ...bindings, ...more });
    isolates.push(isolate);
    return isolate;
  };
  await Promise.all(Array.from({ length: options.isolates ?? 1 }, () => startIsolate()));
  const [edge] = isolates;
  if (!edge) throw new Error('a system has at least one isolate');
  return {
    isolates,
    traffic,
    redis,
    urls,
    bindings,
    edge,
    async sql(text, params = []) {
      const { rows } = await owner.query(text, [...params]);
      return rows;
    },
    startIsolate,
    async stop() {
      await Promise.all(isolates.map((isolate) => isolate.stop()));
      await upstash.stop();
      await neon.stop();
      await redis.stop();
      await owner.end();
      await dropDatabase(postgres, name);
    },
  };
}
