import type { CacheStorage } from '@cloudflare/workers-types';
import { cloudflareQueue } from '../src/adapters/change-queue.ts';
import { edgeCache } from '../src/adapters/edge-cache.ts';
import { githubRepository } from '../src/adapters/github-repository.ts';
import { neonDatabase } from '../src/adapters/neon-database.ts';
import { useNeonProxy } from '../src/adapters/neon-endpoint.ts';
import { neonSession } from '../src/adapters/neon-session.ts';
import { upstashHeadStore } from '../src/adapters/upstash-head-store.ts';
import { cachedHeads, directHeads } from '../src/heads/cached-heads.ts';
import { KnownKeys } from '../src/http/access/known-keys.ts';
import type { Edge, WebhookSettings } from '../src/http/edge.ts';
import type { Errand } from '../src/ports.ts';
import { Registry } from '../src/registry/registry.ts';
import { parseSigningKeys, plainKeys } from '../src/webhooks/signature.ts';
import { addressRules, assertSecrets, type Env, numberOf } from './env.ts';
import { telemetryOf } from './telemetry.ts';
import { wireDoctor } from './wire-doctor.ts';

declare const caches: CacheStorage;

/** Redis is asked beside Postgres: longer than this, and the catalog answers in its place. */
const REDIS_TIMEOUT_MS = 1000;

/** Redis was emptied or lost a head: not more often than this is the migrator asked to write the heads again. */
const HEADS_NUDGE_MS = 5000;

/** Wires the edge's ports: once per isolate. */
export function wireEdge(env: Env): Edge {
  assertSecrets(env);
  if (env.NEON_LOCAL_PROXY) useNeonProxy(env.NEON_LOCAL_PROXY);
  const database = neonDatabase(env.DATABASE_URL);
  const heads = upstashHeadStore({
    url: env.UPSTASH_REDIS_REST_URL,
    token: env.UPSTASH_REDIS_REST_TOKEN,
    timeoutMilliseconds: REDIS_TIMEOUT_MS,
  });
  const queue = cloudflareQueue(env.CHANGES);
  const telemetry = telemetryOf(env);
  const ttl = numberOf(env, 'HASH_TTL_MS', 0);
  const readHeads =
    ttl > 0
      ? cachedHeads(
          heads,
          ttl,
          Date.now,
          edgeCache(() => caches.open('heads')),
        )
      : directHeads(heads);
  const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  const errands = cloudflareQueue<Errand>(env.WEBHOOKS);
  let nudgedAt = 0;
  const headMissing = async (workspace: string) => {
    if (Date.now() - nudgedAt < HEADS_NUDGE_MS) return;
    nudgedAt = Date.now();
    await queue.send({ workspace, heads: true });
  };
  const registry = new Registry({
    database,
    readHeads,
    definitions: heads,
    headMissing,
    sleep,
    telemetry,
    now: Date.now,
  });
  return {
    database,
    connect: () => neonSession(env.DATABASE_URL, 'edge'),
    heads,
    registry,
    keys: new KnownKeys(),
    headMissing,
    queue,
    errands,
    rootToken: new TextEncoder().encode(env.ROOT_TOKEN),
    telemetry,
    metrics: () => telemetry.text(),
    webhooks: wireWebhooks(env),
    examine: wireDoctor(env, database, queue, errands, sleep),
    sleep,
  };
}

function wireWebhooks(env: Env): WebhookSettings {
  const folder = (env.GITHUB_FOLDER ?? '').replace(/^\/+|\/+$/g, '') || 'definitions';
  return {
    definitions: parseSigningKeys(env.WEBHOOK_SECRET ?? ''),
    addresses: addressRules(env),
    github: {
      keys: plainKeys(env.GITHUB_WEBHOOK_SECRET ?? ''),
      branch: env.GITHUB_BRANCH || null,
      folder,
      prune: env.GITHUB_PRUNE === 'true',
      repository: env.GITHUB_TOKEN
        ? githubRepository(env.GITHUB_API_URL || 'https://api.github.com', env.GITHUB_TOKEN)
        : null,
    },
  };
}
