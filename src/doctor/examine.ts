import { type Database, type DatabaseSession, DatabaseUnavailable, HeadStoreError } from '../ports.ts';
import { type Background, examineChanges, examineCron, examineWebhooks } from './examine-background.ts';
import { examineClocks } from './examine-clocks.ts';
import { examineMigrator, examinePostgres } from './examine-postgres.ts';
import { examineRedis } from './examine-redis.ts';
import { examineSettings, type Settings } from './examine-settings.ts';
import { type Finding, failed } from './finding.ts';

/** A deployment, as the doctor gets to see it. */
export interface Patient extends Background {
  readonly settings: Settings;
  readonly database: Database;
  readonly connectMigrator: () => Promise<DatabaseSession>;
  /** The newest migration that this Worker was built with, in milliseconds. */
  readonly newestMigration: number;
}

/** Looks at every part of a deployment. A part that is down is a finding, and hides no other. */
export async function examine(patient: Patient): Promise<readonly Finding[]> {
  const { settings, database, vitals, connectMigrator, newestMigration, now } = patient;
  const found = await Promise.all([
    examineSettings(settings),
    finding('postgres', 'DATABASE_URL: host, user, password', () =>
      examinePostgres(database, newestMigration),
    ),
    finding('migrator', 'MIGRATOR_DATABASE_URL: host, user, password', () =>
      examineMigrator(connectMigrator),
    ),
    finding('redis', 'UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN', () => examineRedis(vitals)),
    finding('clocks', 'what else is found: Postgres or Redis is away', () =>
      examineClocks(database, vitals, now),
    ),
    finding('queue of changes', 'wrangler.toml, queues', async () => [await examineChanges(patient)]),
    finding('queue of webhooks', 'wrangler.toml, queues', async () => [await examineWebhooks(patient)]),
    finding('cron', 'wrangler.toml, triggers', async () => [await examineCron(patient)]),
  ]);
  return found.flat();
}

async function finding(
  check: string,
  settings: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    const isAway = error instanceof DatabaseUnavailable || error instanceof HeadStoreError;
    console.warn(JSON.stringify({ event: 'doctor', check, error: String(error) }));
    const what = isAway ? 'could not be reached' : 'refused what it was asked; the log says why';
    return [failed(check, what, `look at ${settings}`)];
  }
}
