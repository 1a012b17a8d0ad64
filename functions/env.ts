import type { Queue } from '@cloudflare/workers-types';
import type { Errand, Nudge } from '../src/ports.ts';
import type { AddressRules } from '../src/webhooks/outside-address.ts';

/** The bindings of the Worker: secrets and variables are texts. */
export interface Env {
  readonly ROOT_TOKEN: string;
  readonly DATABASE_URL: string;
  readonly MIGRATOR_DATABASE_URL: string;
  readonly UPSTASH_REDIS_REST_URL: string;
  readonly UPSTASH_REDIS_REST_TOKEN: string;
  readonly CHANGES: Queue<Nudge>;
  readonly WEBHOOKS: Queue<Errand>;
  readonly GRACE_SECONDS?: string;
  readonly HASH_TTL_MS?: string;
  readonly TRASH_RETENTION_DAYS?: string;
  /** `whsec_…`, or two of them with a space between, while one takes the place of the other. */
  readonly WEBHOOK_SECRET?: string;
  /** `all`: a line in the log for each request, not only for those that failed here. */
  readonly LOG_REQUESTS?: string;
  /** The secret of webhooks on GitHub, or two. */
  readonly GITHUB_WEBHOOK_SECRET?: string;
  /** May read the contents of the repositories that definitions are pushed to. */
  readonly GITHUB_TOKEN?: string;
  readonly GITHUB_API_URL?: string;
  readonly GITHUB_BRANCH?: string;
  readonly GITHUB_FOLDER?: string;
  /** `true`: what a push takes away is dropped. */
  readonly GITHUB_PRUNE?: string;
  /** `true`: subscribers may be on the same machine, over `http`. */
  readonly WEBHOOK_ALLOW_LOOPBACK?: string;
  /** Seconds between the attempts to send a message, with spaces between. */
  readonly WEBHOOK_RETRY_SECONDS?: string;
  readonly WEBHOOK_PAUSE_AFTER?: string;
  readonly WEBHOOK_POLL_SECONDS?: string;
  /** DNS over HTTPS, answering JSON. */
  readonly DNS_RESOLVER_URL?: string;
  /** `HOST:PORT` of a proxy that speaks Neon's protocols; unset, the driver goes to Neon. */
  readonly NEON_LOCAL_PROXY?: string;
}

/** The retention of what is never purged by itself. */
const NEVER = -1;

/** A setting that is a number. Throws where it is none: a typing error must not become a default. */
export function numberOf(
  env: Env,
  name:
    | 'GRACE_SECONDS'
    | 'HASH_TTL_MS'
    | 'TRASH_RETENTION_DAYS'
    | 'WEBHOOK_PAUSE_AFTER'
    | 'WEBHOOK_POLL_SECONDS',
  fallback: number,
) {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (value >= 0 || (name === 'TRASH_RETENTION_DAYS' && value === NEVER)) return value;
  const never = name === 'TRASH_RETENTION_DAYS' ? `, or ${NEVER} for never` : '';
  throw new RangeError(`${name} must be a number, zero or more${never}`);
}

/** Throws where a secret is missing, naming it. */
export function assertSecrets(env: Env): void {
  const names = [
    'ROOT_TOKEN',
    'DATABASE_URL',
    'MIGRATOR_DATABASE_URL',
    'UPSTASH_REDIS_REST_URL',
    'UPSTASH_REDIS_REST_TOKEN',
  ] as const;
  const missing = names.filter((name) => !env[name]);
  if (missing.length > 0) throw new Error(`set the secrets ${missing.join(', ')}`);
}

/** Where webhooks may be sent to. */
export function addressRules(env: Env): AddressRules {
  return { loopback: env.WEBHOOK_ALLOW_LOOPBACK === 'true' };
}
