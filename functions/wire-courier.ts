import { cloudflareQueue } from '../src/adapters/change-queue.ts';
import { useNeonProxy } from '../src/adapters/neon-endpoint.ts';
import { neonSession } from '../src/adapters/neon-session.ts';
import { outside } from '../src/adapters/outside.ts';
import type { Courier } from '../src/courier/courier.ts';
import { addressRules, assertSecrets, type Env, numberOf } from './env.ts';

/** Well inside the 15 minutes that a consumer may take. */
const SLICE_MS = 60_000;

/** From five seconds to ten hours: eighteen hours in all. */
const RETRY_SECONDS = '5 30 120 600 1800 7200 18000 36000';

const RESOLVER_URL = 'https://cloudflare-dns.com/dns-query';

/** Wires the courier's ports: once per invocation. */
export function wireCourier(env: Env): Courier {
  assertSecrets(env);
  if (env.NEON_LOCAL_PROXY) useNeonProxy(env.NEON_LOCAL_PROXY);
  return {
    connect: () => neonSession(env.MIGRATOR_DATABASE_URL, 'remodel'),
    queue: cloudflareQueue(env.WEBHOOKS),
    outside: outside(env.DNS_RESOLVER_URL || RESOLVER_URL),
    now: Date.now,
    addresses: addressRules(env),
    retrySeconds: secondsOf(env.WEBHOOK_RETRY_SECONDS || RETRY_SECONDS),
    pauseAfter: numberOf(env, 'WEBHOOK_PAUSE_AFTER', 100),
    pollSeconds: numberOf(env, 'WEBHOOK_POLL_SECONDS', 5),
    sliceMilliseconds: SLICE_MS,
  };
}

function secondsOf(text: string): readonly number[] {
  const seconds = text.trim().split(/\s+/).map(Number);
  if (seconds.every((one) => one >= 0)) return seconds;
  throw new RangeError('WEBHOOK_RETRY_SECONDS must be numbers, with spaces between');
}
