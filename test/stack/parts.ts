import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { cloneDatabase, type DatabaseUrls, dropDatabase } from '../../local/database.ts';
import { startNeonProxy } from '../../local/neon-proxy.ts';
import { type LocalRedis, startRedis } from '../../local/redis.ts';
import { Traffic } from '../../local/traffic.ts';
import { startUpstashProxy } from '../../local/upstash-proxy.ts';
import { TEMPLATE } from './global-setup.ts';

const UPSTASH_TOKEN = 'test';

/** What a system stands on: a database and a Redis of its own, behind proxies that can disturb. */
export interface Parts {
  readonly traffic: Traffic;
  readonly redis: LocalRedis;
  readonly urls: DatabaseUrls;
  /** The secrets and variables that lead a Worker to these parts. */
  readonly bindings: {
    readonly DATABASE_URL: string;
    readonly MIGRATOR_DATABASE_URL: string;
    readonly UPSTASH_REDIS_REST_URL: string;
    readonly UPSTASH_REDIS_REST_TOKEN: string;
    readonly NEON_LOCAL_PROXY: string;
  };
  /** SQL as the owner, past the proxies. */
  sql(text: string, params?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export async function startParts(): Promise<Parts> {
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
  const owner = new pg.Pool({ connectionString: urls.owner, max: 4 });
  return {
    traffic,
    redis,
    urls,
    bindings: {
      DATABASE_URL: urls.edge,
      MIGRATOR_DATABASE_URL: urls.migrator,
      UPSTASH_REDIS_REST_URL: upstash.url,
      UPSTASH_REDIS_REST_TOKEN: UPSTASH_TOKEN,
      NEON_LOCAL_PROXY: neon.address,
    },
    async sql(text, params = []) {
      const { rows } = await owner.query(text, [...params]);
      return rows;
    },
    async stop() {
      await upstash.stop();
      await neon.stop();
      await redis.stop();
      await endPool(owner);
      await dropDatabase(postgres, name);
    },
  };
}

/** `pool.end` does not wait for Postgres to let go of the connections, which dropping the database would meet. */
async function endPool(pool: pg.Pool): Promise<void> {
  const gone = Promise.withResolvers<void>();
  let open = pool.totalCount;
  if (open === 0) gone.resolve();
  pool.on('remove', () => {
    open -= 1;
    if (open === 0) gone.resolve();
  });
  await pool.end();
  await gone.promise;
}
