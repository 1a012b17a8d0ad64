import migrations from '../migrations/meta/_journal.json' with { type: 'json' };
import { neonSession } from '../src/adapters/neon-session.ts';
import { upstashVitals } from '../src/adapters/upstash-vitals.ts';
import { examine } from '../src/doctor/examine.ts';
import type { Finding } from '../src/doctor/finding.ts';
import type { ChangeQueue, Database, ErrandQueue, Vitals } from '../src/ports.ts';
import type { Env } from './env.ts';

const REDIS_TIMEOUT_MS = 5000;
const NEWEST_MIGRATION = Math.max(...migrations.entries.map(({ when }) => when));

/** Where queue and cron leave a sign of life. */
export function wireVitals(env: Env): Vitals {
  return upstashVitals({
    url: env.UPSTASH_REDIS_REST_URL,
    token: env.UPSTASH_REDIS_REST_TOKEN,
    timeoutMilliseconds: REDIS_TIMEOUT_MS,
  });
}

/** What examines this deployment: by the edge's own ports, and by the migrator's login. */
export function wireDoctor(
  env: Env,
  database: Database,
  queue: ChangeQueue,
  errands: ErrandQueue,
  sleep: (milliseconds: number) => Promise<void>,
): () => Promise<readonly Finding[]> {
  const vitals = wireVitals(env);
  return () =>
    examine({
      settings: env,
      database,
      connectMigrator: () => neonSession(env.MIGRATOR_DATABASE_URL, 'remodel'),
      newestMigration: NEWEST_MIGRATION,
      queue,
      errands,
      vitals,
      now: Date.now,
      sleep,
    });
}
