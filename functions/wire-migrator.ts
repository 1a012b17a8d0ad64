import { cloudflareQueue } from '../src/adapters/change-queue.ts';
import { useNeonProxy } from '../src/adapters/neon-endpoint.ts';
import { neonSession } from '../src/adapters/neon-session.ts';
import { upstashHeadStore } from '../src/adapters/upstash-head-store.ts';
import type { Migrator } from '../src/migrator/migrator.ts';
import { assertSecrets, type Env, numberOf } from './env.ts';
import { telemetryOf } from './telemetry.ts';

/** Well inside the 15 minutes that a consumer may take. */
const SLICE_MS = 60_000;

const REDIS_TIMEOUT_MS = 5000;

/** Wires the migrator's ports: once per invocation. */
export function wireMigrator(env: Env): Migrator {
  assertSecrets(env);
  if (env.NEON_LOCAL_PROXY) useNeonProxy(env.NEON_LOCAL_PROXY);
  return {
    connect: () => neonSession(env.MIGRATOR_DATABASE_URL, 'remodel'),
    heads: upstashHeadStore({
      url: env.UPSTASH_REDIS_REST_URL,
      token: env.UPSTASH_REDIS_REST_TOKEN,
      timeoutMilliseconds: REDIS_TIMEOUT_MS,
    }),
    queue: cloudflareQueue(env.CHANGES),
    errands: cloudflareQueue(env.WEBHOOKS),
    telemetry: telemetryOf(env),
    now: Date.now,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    // A head that the edge may keep is in use for that much longer.
    graceSeconds: numberOf(env, 'GRACE_SECONDS', 60) + numberOf(env, 'HASH_TTL_MS', 0) / 1000,
    trashRetentionDays: numberOf(env, 'TRASH_RETENTION_DAYS', 30),
    sliceMilliseconds: SLICE_MS,
  };
}
