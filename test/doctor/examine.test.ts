import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import migrations from '../../migrations/meta/_journal.json' with { type: 'json' };
import { neonDatabase } from '../../src/adapters/neon-database.ts';
import { useNeonProxy } from '../../src/adapters/neon-endpoint.ts';
import { neonSession } from '../../src/adapters/neon-session.ts';
import { upstashVitals } from '../../src/adapters/upstash-vitals.ts';
import { examine, type Patient } from '../../src/doctor/examine.ts';
import { examineSettings } from '../../src/doctor/examine-settings.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { type System, startSystem } from '../stack/system.ts';

const NEWEST = Math.max(...migrations.entries.map(({ when }) => when));
const SETTINGS = {
  ROOT_TOKEN: 'a-token-of-thirty-two-characters',
  DATABASE_URL: 'postgresql://edge:secret@ep-x-pooler.eu.neon.tech/main',
  MIGRATOR_DATABASE_URL: 'postgresql://migrator:secret@ep-x.eu.neon.tech/main',
  UPSTASH_REDIS_REST_URL: 'https://x.upstash.io',
};

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterEach(() => system.traffic.reset());
afterAll(() => system.stop());

const byCheck = (findings: readonly Finding[]) => new Map(findings.map((one) => [one.check, one]));

/** The deployment of the tests, with something changed, and the queues of a Worker that is not there. */
async function found(changed: Partial<Patient>): Promise<ReadonlyMap<string, Finding>> {
  const { bindings } = system;
  useNeonProxy(bindings.NEON_LOCAL_PROXY);
  const vitals = upstashVitals({
    url: bindings.UPSTASH_REDIS_REST_URL,
    token: bindings.UPSTASH_REDIS_REST_TOKEN,
    timeoutMilliseconds: 5000,
  });
  let waited = 0;
  const patient: Patient = {
    settings: SETTINGS,
    database: neonDatabase(bindings.DATABASE_URL),
    connectMigrator: () => neonSession(bindings.MIGRATOR_DATABASE_URL, 'remodel'),
    newestMigration: NEWEST,
    queue: { send: async () => undefined },
    errands: { send: async () => undefined },
    vitals,
    now: () => Date.now() + waited,
    sleep: async (milliseconds) => {
      waited += milliseconds;
    },
    ...changed,
  };
  return byCheck(await examine(patient));
}

describe('the doctor', () => {
  test('finds a deployment well, and says what it looked at', async () => {
    await system.edge.sweep();
    const { status, body } = await system.edge.get('/v1/doctor');
    expect(status).toBe(200);
    const findings: readonly Finding[] = body.data;
    const unwell = findings.filter((one) => one.status !== 'ok').map(({ check }) => check);
    // Of these tests: a short token, a short grace, and a Redis that is played does not say what it forgets.
    const played = system.redis.embedded ? ['eviction of redis'] : [];
    expect(unwell).toEqual(['root token', 'grace', ...played]);
    expect(findings.map(({ check }) => check)).toEqual([
      'root token',
      'connection strings',
      'redis address',
      'webhook secret',
      'grace',
      'postgres',
      'catalog',
      'role of the edge',
      'settings of the edge',
      'extensions',
      'session of the migrator',
      'role of the migrator',
      'redis',
      'eviction of redis',
      'clock of postgres',
      'clock of redis',
      'queue of changes',
      'queue of webhooks',
      'cron',
    ]);
    for (const one of findings) expect(typeof one.mend).toBe(one.status === 'ok' ? 'undefined' : 'string');
  });

  test('finds an old catalog, and a Worker that is older than it', async () => {
    expect((await found({ newestMigration: NEWEST + 1 })).get('catalog')).toMatchObject({
      status: 'failed',
      mend: expect.stringContaining('npm run migrate'),
    });
    expect((await found({ newestMigration: NEWEST - 1 })).get('catalog')?.status).toBe('warning');
  });

  test('finds roles that may do too much, or too little', async () => {
    const { DATABASE_URL, MIGRATOR_DATABASE_URL } = system.bindings;
    const findings = await found({
      database: neonDatabase(MIGRATOR_DATABASE_URL),
      connectMigrator: () => neonSession(DATABASE_URL, 'remodel'),
    });
    expect(findings.get('role of the edge')?.status).toBe('failed');
    expect(findings.get('role of the migrator')?.status).toBe('failed');
  });

  test('finds a pooler in the way of the migrator', async () => {
    const connect = () => neonSession(system.bindings.MIGRATOR_DATABASE_URL, 'remodel');
    // What a pooler does to statements outside of a transaction.
    const connectMigrator = async () => ({
      query: async (statement: Parameters<Patient['database']['query']>[0]) => {
        const session = await connect();
        const rows = await session.query(statement);
        await session.end();
        return rows;
      },
      end: async () => undefined,
    });
    expect((await found({ connectMigrator })).get('session of the migrator')?.status).toBe('failed');
  });

  test('finds clocks that do not agree', async () => {
    const findings = await found({
      now: () => Date.now() - 60_000,
      sleep: async () => undefined,
      ...NO_QUEUES,
    });
    expect(findings.get('clock of postgres')?.status).toBe('failed');
    expect(findings.get('clock of redis')?.message).toMatch(/^it is 60\.\d seconds away/);
  });

  test('finds that messages do not arrive, to whichever queue, and that cron is late', async () => {
    const findings = await found({});
    expect(findings.get('queue of changes')?.status).toBe('warning');
    expect(findings.get('queue of webhooks')).toMatchObject({
      status: 'warning',
      mend: expect.stringContaining('queues info remodel-webhooks'),
    });
    await system.edge.sweep();
    const later = await found({ now: () => Date.now() + 600_000, ...NO_QUEUES });
    expect(later.get('cron')?.status).toBe('failed');
  });

  test('finds a Redis that forgets', async () => {
    system.traffic.staleReads = ([name]) =>
      name === 'CONFIG' ? ['maxmemory-policy', 'allkeys-lru'] : undefined;
    expect((await found({})).get('eviction of redis')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('allkeys-lru'),
    });
  });

  test('finds what is down, and looks at all the rest', async () => {
    system.traffic.downOf.upstash = true;
    const findings = await found({});
    expect(findings.get('redis')).toMatchObject({ status: 'failed', message: 'could not be reached' });
    expect(findings.get('postgres')?.status).toBe('ok');
  });

  test('shows no secret', async () => {
    const { body } = await system.edge.get('/v1/doctor');
    const text = JSON.stringify(body);
    for (const secret of Object.values(system.bindings)) expect(text).not.toContain(secret);
  });
});

const never = { send: () => Promise.reject(new Error('not of this test')) };
const NO_QUEUES: Pick<Patient, 'queue' | 'errands'> = { queue: never, errands: never };

describe('settings', () => {
  const status = (changed: object, check: string) =>
    byCheck(examineSettings({ ...SETTINGS, ...changed })).get(check)?.status;

  test('that are right are found so', () => {
    expect(examineSettings(SETTINGS).every((one) => one.status === 'ok')).toBe(true);
  });

  test.each([
    ['a token that everybody knows', { ROOT_TOKEN: 'dev-root-token' }, 'root token', 'warning'],
    ['a short token', { ROOT_TOKEN: 'short' }, 'root token', 'warning'],
    [
      'a pooled string for the migrator',
      { MIGRATOR_DATABASE_URL: SETTINGS.DATABASE_URL.replace('edge', 'migrator') },
      'connection strings',
      'failed',
    ],
    [
      'one login for both',
      { MIGRATOR_DATABASE_URL: SETTINGS.MIGRATOR_DATABASE_URL.replace('migrator', 'edge') },
      'connection strings',
      'failed',
    ],
    [
      'two databases',
      { MIGRATOR_DATABASE_URL: SETTINGS.MIGRATOR_DATABASE_URL.replace('/main', '/other') },
      'connection strings',
      'failed',
    ],
    [
      'a direct string for the edge',
      { DATABASE_URL: SETTINGS.DATABASE_URL.replace('-pooler', '') },
      'connection strings',
      'warning',
    ],
    ['what is no string of a connection', { DATABASE_URL: 'x' }, 'connection strings', 'failed'],
    ['the other protocol of Redis', { UPSTASH_REDIS_REST_URL: 'redis://x' }, 'redis address', 'failed'],
    ['two webhook secrets', { WEBHOOK_SECRET: 'whsec_YQ== whsec_Yg==' }, 'webhook secret', 'warning'],
    ['a webhook secret without its end', { WEBHOOK_SECRET: 'whsec_YQ' }, 'webhook secret', 'failed'],
    ['a grace of five seconds', { GRACE_SECONDS: '5' }, 'grace', 'warning'],
    ['hashes that are kept for an hour', { HASH_TTL_MS: '3600000' }, 'grace', 'warning'],
  ])('with %s are found out', (_, changed, check, expected) => {
    expect(status(changed, check)).toBe(expected);
  });
});
