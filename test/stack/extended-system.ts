import { type Extension, PGlite, types } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { startRedis } from '../../local/redis.ts';
import { Traffic } from '../../local/traffic.ts';
import { startUpstashProxy } from '../../local/upstash-proxy.ts';
import { databaseFailure } from '../../src/adapters/database-failure.ts';
import { upstashHeadStore } from '../../src/adapters/upstash-head-store.ts';
import { directHeads } from '../../src/heads/cached-heads.ts';
import { KnownKeys } from '../../src/http/access/known-keys.ts';
import { createApp } from '../../src/http/app.ts';
import type { Edge as HttpEdge } from '../../src/http/edge.ts';
import type { Migrator } from '../../src/migrator/migrator.ts';
import { runWorkspace } from '../../src/migrator/run-workspace.ts';
import type { Database, Nudge, Row } from '../../src/ports.ts';
import { Registry } from '../../src/registry/registry.ts';
import { type Answer, type Edge, NOBODY_WAITS, ROOT_TOKEN, readAnswer, requestInit } from './answer.ts';

const TOKEN = 'test';
const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/**
 * The system over a Postgres that offers extensions which the embedded one does not: PGlite. It has one session, of the
 * superuser, that edge and migrator share: this is for what columns keep, not for locks, roles or drivers.
 */
export class ExtendedSystem implements Edge {
  readonly #db: PGlite;
  readonly #edge: HttpEdge;
  readonly #migrator: Migrator;
  readonly #stopRedis: () => Promise<void>;
  readonly #app = createApp();
  #nudges: Nudge[] = [];

  private constructor(db: PGlite, redisUrl: string, stopRedis: () => Promise<void>) {
    this.#db = db;
    this.#stopRedis = stopRedis;
    const database = databaseOf(db);
    const heads = upstashHeadStore({ url: redisUrl, token: TOKEN, timeoutMilliseconds: 60_000 });
    const errands = { send: async () => undefined };
    const queue = { send: async (nudge: Nudge) => void this.#nudges.push(nudge) };
    const telemetry = { note: () => undefined };
    const registry = new Registry({
      database,
      readHeads: directHeads(heads),
      definitions: heads,
      headMissing: async () => undefined,
      sleep,
      now: Date.now,
      telemetry,
    });
    const rootToken = new TextEncoder().encode(ROOT_TOKEN);
    // Who ends a session, ends what was begun in it.
    const connect = async () => ({ ...database, end: async () => void (await db.exec('rollback')) });
    this.#edge = {
      database,
      connect,
      heads,
      registry,
      keys: new KnownKeys(),
      headMissing: async () => undefined,
      queue,
      errands,
      rootToken,
      telemetry,
      metrics: () => '',
      webhooks: {
        definitions: [],
        addresses: { loopback: false },
        github: { keys: [], branch: null, folder: 'definitions', prune: false, repository: null },
      },
      examine: async () => [],
      sleep,
    };
    this.#migrator = {
      connect,
      heads,
      queue,
      errands,
      telemetry,
      now: Date.now,
      sleep,
      graceSeconds: 0,
      trashRetentionDays: 30,
      sliceMilliseconds: 600_000,
    };
  }

  static async start(extensions: Readonly<Record<string, Extension>>): Promise<ExtendedSystem> {
    const db = await PGlite.create({ extensions });
    await migrate(drizzle(db), {
      migrationsFolder: 'migrations',
      migrationsSchema: 'remodel',
      migrationsTable: 'catalog_migrations',
    });
    const redis = await startRedis({});
    const proxy = await startUpstashProxy({ redis, traffic: new Traffic({ records: false }), token: TOKEN });
    return new ExtendedSystem(db, proxy.url, async () => {
      await proxy.stop();
      await redis.stop();
    });
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const request = new Request(new URL(path, 'http://remodel.test'), requestInit(method, body, headers));
    return readAnswer(await this.#app.fetch(request, { edge: this.#edge }, NOBODY_WAITS));
  }

  get(path: string): Promise<Answer> {
    return this.request('GET', path);
  }

  /** Makes a change and answers it once all its messages are delivered. */
  async change(body: object): Promise<Answer> {
    const sent = await this.request('POST', '/v1/main/changes', body);
    if (sent.status !== 202) return sent;
    while (this.#nudges.length > 0) {
      this.#nudges = [];
      await runWorkspace(this.#migrator, 'main');
    }
    return this.get(`/v1/main/changes/${sent.body.id}`);
  }

  /** SQL as the owner. */
  async sql(text: string): Promise<readonly Record<string, unknown>[]> {
    const [result] = await this.#db.exec(text);
    return (result?.rows ?? []) as readonly Record<string, unknown>[];
  }

  /** Lets the migrator create an extension, as Neon does with those that it offers. */
  trust(extension: string): void {
    const file = `/pglite/share/postgresql/extension/${extension}.control`;
    const { FS } = this.#db.Module;
    FS.writeFile(file, `${FS.readFile(file, { encoding: 'utf8' })}\ntrusted = true\n`);
  }

  async stop(): Promise<void> {
    await this.#stopRedis();
    await this.#db.close();
  }
}

/** Values go in and come out as Postgres' own texts, as they do by Neon's drivers. */
const AS_TEXT = Object.fromEntries(Object.values(types).map((oid) => [oid, String]));

function databaseOf(db: PGlite): Database {
  return {
    async query({ text, params }) {
      const options = { parsers: AS_TEXT, serializers: AS_TEXT };
      try {
        if (params.length > 0) return (await db.query<Row>(text, [...params], options)).rows;
        return ((await db.exec(text, options)).at(-1)?.rows ?? []) as readonly Row[];
      } catch (error) {
        throw databaseFailure(error);
      }
    },
  };
}
