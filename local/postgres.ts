import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { Child, type ChildOptions } from './child.ts';
import { waitUntil } from './deadline.ts';
import { freePort } from './free-port.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { type Runner, unprivilegedRunner } from './unprivileged.ts';

/** A running PostgreSQL of this project alone, on 127.0.0.1. */
export interface LocalPostgres {
  readonly port: number;
  /** Connection string of the superuser. */
  ownerUrl(database: string): string;
  /** Settles when the server is gone, whoever ended it: a sentence of how. */
  readonly exited: Promise<string>;
  /** Fast shutdown; open connections are cut. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Made where it is missing. Nobody else may use it: the caller sees to that. */
  readonly dataDir: string;
  /** A free one when absent. */
  readonly port?: number;
  /** False: a commit need not reach the disk. For tests. */
  readonly durable?: boolean;
}

const OWNER = 'remodel_owner';
/** No secret: the server listens on the loopback address only. */
const PASSWORD = 'local';
const START_DEADLINE = 60_000;

/** Starts the server on a data folder, which it makes where there is none. Throws one line of why it did not start. */
export async function startPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  const dataDir = resolve(options.dataDir);
  const bin = postgresBinaries();
  await mkdir(dataDir, { recursive: true });
  const runner = unprivilegedRunner([join(bin, 'postgres'), dataDir]);
  if (runner.owner) await chown(dataDir, runner.owner.uid, runner.owner.gid);
  await chmod(dataDir, 0o700);
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await initialise(runner, bin, dataDir);
  await makeRoom(dataDir);

  const port = options.port ?? (await freePort());
  const server = new Child(
    commandLine(runner, join(bin, 'postgres'), serverArguments(dataDir, port, options)),
  );
  const ownerUrl = (database: string) => `postgresql://${OWNER}:${PASSWORD}@127.0.0.1:${port}/${database}`;
  const answers = await waitUntil(
    () => server.hasEnded || isServing(ownerUrl('postgres'), dataDir),
    START_DEADLINE,
  );
  if (server.hasEnded) {
    const how = await server.exited;
    throw new Error(`Postgres did not start on ${dataDir}: ${lastLine(server) ?? how}`);
  }
  if (!answers) {
    await server.stop();
    throw new Error(
      `Postgres did not answer within ${START_DEADLINE / 1000} s: ${lastLine(server) ?? 'no log'}`,
    );
  }
  return { port, ownerUrl, exited: server.exited, stop: () => server.stop() };
}

function serverArguments(dataDir: string, port: number, { durable }: PostgresOptions): readonly string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    // A statement whose client is gone ends soon, as Neon's proxy makes it.
    client_connection_check_interval: '500ms',
    // The passwords are no secrets, and every session of the migrator says one.
    scram_iterations: 1,
    ...(durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

async function initialise(runner: Runner, bin: string, dataDir: string): Promise<void> {
  const passwordFile = `${dataDir}.password`;
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  if (runner.owner) await chown(passwordFile, runner.owner.uid, runner.owner.gid);
  const args = [
    `--pgdata=${dataDir}`,
    `--username=${OWNER}`,
    `--pwfile=${passwordFile}`,
    '--auth-local=reject',
    '--auth-host=password',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ];
  try {
    const child = new Child(commandLine(runner, join(bin, 'initdb'), args));
    const how = await child.exited;
    if (how !== 'ended with code 0') {
      throw new Error(`Postgres could not make its data folder ${dataDir}: ${lastLine(child) ?? how}`);
    }
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * A process that died leaves its `postmaster.pid`. Postgres replaces it, unless another process has got the same
 * number since. A server that is still shutting down is waited for.
 */
async function makeRoom(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [pid, , , port] = readFileSync(file, 'utf8').split('\n');
  const url = `postgresql://${OWNER}:${PASSWORD}@127.0.0.1:${port}/postgres`;
  if (!isAlive(Number(pid))) return;
  if (!(await waitUntil(async () => !(await isServing(url, dataDir)), 10_000))) {
    throw new Error(`The data folder ${dataDir} is in use by a running Postgres (process ${pid}).`);
  }
  // It may have stopped answering some moments before it is gone.
  if (!(await waitUntil(() => !existsSync(file) || !isAlive(Number(pid)), 2_000)))
    await rm(file, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function isServing(url: string, dataDir: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // A connection that breaks says so twice: by the query, and by this event.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return rows[0]?.data_directory === dataDir;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

function commandLine(runner: Runner, command: string, args: readonly string[]): ChildOptions {
  const [first = command, ...rest] = [...runner.prefix, command, ...args];
  return {
    command: first,
    args: rest,
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    stopSignal: 'SIGINT',
    ...(runner.setsId && runner.owner ? runner.owner : {}),
  };
}

/** Of several, the line that says what went wrong. */
function lastLine(child: Child): string | undefined {
  return child.lines.findLast((line) => /FATAL|PANIC|ERROR|error:/.test(line)) ?? child.lines.at(-1);
}
