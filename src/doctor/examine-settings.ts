import { type Finding, failed, ok, warning } from './finding.ts';

/** The settings that are examined; secrets are looked at, and never shown. */
export interface Settings {
  readonly ROOT_TOKEN: string;
  readonly DATABASE_URL: string;
  readonly MIGRATOR_DATABASE_URL: string;
  readonly UPSTASH_REDIS_REST_URL: string;
  readonly WEBHOOK_SECRET?: string | undefined;
  readonly GRACE_SECONDS?: string | undefined;
  readonly HASH_TTL_MS?: string | undefined;
}

const LEAST_TOKEN = 24;
/** Base64 of anything. */
const SECRET = /^(?:whsec_)?(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)$/;
const LEAST_GRACE_SECONDS = 30;
const MOST_TTL_MS = 60_000;

/** What the settings themselves say, before anything is asked. */
export function examineSettings(settings: Settings): readonly Finding[] {
  return [
    rootToken(settings.ROOT_TOKEN),
    connections(settings),
    redisAddress(settings.UPSTASH_REDIS_REST_URL),
    webhookSecret(settings.WEBHOOK_SECRET),
    grace(settings),
  ];
}

function rootToken(token: string): Finding {
  const mend = 'put another: openssl rand -base64 32 | npx wrangler secret put ROOT_TOKEN';
  if (token === 'dev-root-token')
    return warning('root token', 'it is the one of development, which everybody knows', mend);
  if (token.length < LEAST_TOKEN)
    return warning('root token', `it has fewer than ${LEAST_TOKEN} characters`, mend);
  return ok('root token', 'it is long enough');
}

function connections({ DATABASE_URL, MIGRATOR_DATABASE_URL }: Settings): Finding {
  const check = 'connection strings';
  const [edge, migrator] = [partsOf(DATABASE_URL), partsOf(MIGRATOR_DATABASE_URL)];
  if (!edge || !migrator) {
    return failed(
      check,
      `${edge ? 'MIGRATOR_DATABASE_URL' : 'DATABASE_URL'} is no connection string`,
      'it has the form postgresql://USER:PASSWORD@HOST/DATABASE: put it again, in quotes',
    );
  }
  if (migrator.isPooled) {
    return failed(
      check,
      'MIGRATOR_DATABASE_URL goes through the pooler, which keeps no session: its locks would be lost',
      'put the direct string, whose host has no -pooler in its name',
    );
  }
  if (edge.user === migrator.user) {
    return failed(
      check,
      'the edge and the migrator log in as the same role',
      'make a login for each, in the roles remodel_edge and remodel_migrator: see the README, Deployment',
    );
  }
  if (edge.database !== migrator.database) {
    return failed(check, 'the two strings name different databases', 'put two strings of the same database');
  }
  if (edge.isNeon && !edge.isPooled) {
    return warning(
      check,
      'DATABASE_URL does not go through the pooler',
      'put the pooled string, whose host has -pooler in its name: many isolates would use up the connections',
    );
  }
  return ok(check, 'the migrator has a session of its own, the edge a login without its rights');
}

function partsOf(url: string) {
  if (!URL.canParse(url)) return null;
  const { hostname, username, pathname } = new URL(url);
  return {
    user: username,
    database: pathname,
    isPooled: /^[^.]*-pooler\./.test(hostname),
    isNeon: hostname.endsWith('.neon.tech'),
  };
}

function redisAddress(url: string): Finding {
  const check = 'redis address';
  const { protocol = '', hostname = '' } = URL.canParse(url) ? new URL(url) : {};
  if (protocol === 'https:' || ['127.0.0.1', 'localhost'].includes(hostname))
    return ok(check, 'it is encrypted, or this machine');
  return failed(
    check,
    'UPSTASH_REDIS_REST_URL is no https address',
    'put the REST URL, not that of the Redis protocol (redis://…)',
  );
}

function webhookSecret(secret: string | undefined): Finding {
  const check = 'webhook secret';
  if (!secret) return ok(check, 'there is none: webhooks are refused');
  const secrets = secret.trim().split(/\s+/);
  if (!secrets.every((one) => SECRET.test(one)))
    return failed(
      check,
      'it is not whsec_ and base64: no delivery can be signed by it',
      'put the secret as the sender shows it, with its = at the end: npx wrangler secret put WEBHOOK_SECRET',
    );
  if (secrets.length > 1)
    return warning(
      check,
      'two are valid at once',
      'take the old one out of WEBHOOK_SECRET as soon as the sender uses the new one',
    );
  return ok(check, 'there is one');
}

function grace({ GRACE_SECONDS, HASH_TTL_MS }: Settings): Finding {
  const check = 'grace';
  const [seconds, ttl] = [Number(GRACE_SECONDS || 60), Number(HASH_TTL_MS || 0)];
  if (ttl > MOST_TTL_MS)
    return warning(
      check,
      `a hash is used again for ${ttl / 1000} seconds: so old may be what clients see`,
      `set HASH_TTL_MS to ${MOST_TTL_MS} or less`,
    );
  if (seconds < LEAST_GRACE_SECONDS)
    return warning(
      check,
      `${seconds} seconds: a request that takes longer may meet a column that is gone`,
      'set GRACE_SECONDS to the longest request that you allow, 60 where you do not know',
    );
  return ok(check, `${seconds} seconds`);
}
