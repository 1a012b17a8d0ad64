import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { Child } from './child.ts';
import { waitUntil } from './deadline.ts';
import { embeddedRedis } from './embedded-redis.ts';
import { freePort } from './free-port.ts';
import { RedisError, type RedisReply, RespConnection } from './resp.ts';

/** A Redis of this project alone. */
export interface LocalRedis {
  /** Rejects with `RedisError` for what Redis refuses. */
  command(args: readonly string[]): Promise<RedisReply>;
  /** All or nothing (MULTI, EXEC). A command that fails when it runs is a `RedisError` in the list. */
  transaction(commands: readonly (readonly string[])[]): Promise<readonly RedisReply[]>;
  flushAll(): Promise<void>;
  /** True: no server is installed, and a library plays it in this process; nothing is kept. */
  readonly embedded: boolean;
  /** Settles when the server is gone, whoever ended it: a sentence of how. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface RedisOptions {
  /** Kept there; in memory alone when absent. */
  readonly dataDir?: string;
  /** A free one when absent. */
  readonly port?: number;
  /** True: not even look for an installed server. */
  readonly embedded?: boolean;
}

const START_DEADLINE = 10_000;

/** Starts `redis-server` where one is installed, and plays one where none is. */
export async function startRedis(options: RedisOptions): Promise<LocalRedis> {
  const program = options.embedded ? undefined : installedServer();
  if (program === undefined) return embeddedRedis();
  const port = options.port ?? (await freePort());
  const server = new Child({
    command: program,
    args: ['--bind', '127.0.0.1', '--port', String(port), ...(await storageArguments(options.dataDir))],
    stopSignal: 'SIGTERM',
  });
  const answers = await waitUntil(() => server.hasEnded || isServing(port), START_DEADLINE);
  if (server.hasEnded || !answers) {
    await server.stop();
    throw new Error(`Redis did not start on port ${port}: ${server.lines.at(-1) ?? (await server.exited)}`);
  }
  return overConnection(server, new RespConnection(port));
}

function overConnection(server: Child, connection: RespConnection): LocalRedis {
  return {
    command: (args) => connection.command(args),
    async transaction(commands) {
      // Written without a pause: nothing else of this connection can come between.
      const queued = [['MULTI'], ...commands].map((args) => connection.command(args));
      const executed = connection.command(['EXEC']);
      const [refused] = (await Promise.allSettled(queued)).filter((result) => result.status === 'rejected');
      const [replies] = await Promise.allSettled([executed]);
      if (refused) throw refused.reason;
      if (replies.status === 'rejected') throw replies.reason;
      return Array.isArray(replies.value) ? replies.value : [];
    },
    async flushAll() {
      await connection.command(['FLUSHALL']);
    },
    embedded: false,
    exited: server.exited,
    async stop() {
      connection.close();
      await server.stop();
    },
  };
}

async function storageArguments(dataDir: string | undefined): Promise<readonly string[]> {
  const common = ['--save', '', '--maxmemory-policy', 'noeviction'];
  if (dataDir === undefined) return [...common, '--appendonly', 'no'];
  await mkdir(dataDir, { recursive: true });
  return [...common, '--appendonly', 'yes', '--dir', resolve(dataDir)];
}

function installedServer(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path));
}

async function isServing(port: number): Promise<boolean> {
  const connection = new RespConnection(port);
  try {
    return (await connection.command(['PING'])) === 'PONG';
  } catch (error) {
    // It listens before it has read what it kept, and says so (LOADING).
    if (error instanceof RedisError || isConnectionFailure(error)) return false;
    throw error;
  } finally {
    connection.close();
  }
}

function isConnectionFailure(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}
