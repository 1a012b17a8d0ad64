import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Child } from '../../local/child.ts';
import { waitUntil } from '../../local/deadline.ts';
import { freePort } from '../../local/free-port.ts';

const PROGRAM = fileURLToPath(new URL('./worker/start.ts', import.meta.url));

let dataDir: string;
let port: number;
const started: Child[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'remodel-start-'));
  port = await freePort();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop()));
  await rm(dataDir, { recursive: true });
});

function start(onPort = port): Child {
  const child = new Child({
    command: process.execPath,
    args: [PROGRAM, String(onPort), dataDir],
    stopSignal: 'SIGTERM',
  });
  started.push(child);
  return child;
}

/** Waits until it says that it runs, or ends. */
async function settled(child: Child): Promise<boolean> {
  await waitUntil(() => child.hasEnded || child.lines.some((line) => line.startsWith('Ctrl-C')), 100_000);
  return !child.hasEnded;
}

/** Processes whose command line names the data folder, or the port of the Worker. */
function processes(): readonly string[] {
  const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(dataDir) || line.includes(`--port=${port}`));
}

const postmaster = (): number =>
  Number(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);

describe('npm start', { timeout: 120_000 }, () => {
  test('runs the Worker with its bindings, prints commands to try, and stops by a signal', async () => {
    const child = start();
    expect(await settled(child)).toBe(true);
    expect(child.lines.filter((line) => line.trim().startsWith('curl'))).toHaveLength(3);
    const env: unknown = await (await fetch(`http://127.0.0.1:${port}/env`)).json();
    expect(env).toMatchObject({
      ROOT_TOKEN: `a "token" with 'quotes' and #`,
      GRACE_SECONDS: '5',
      NEON_LOCAL_PROXY: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      DATABASE_URL: expect.stringContaining('remodel_edge_local'),
      MIGRATOR_DATABASE_URL: expect.stringContaining('remodel_migrator_local'),
      UPSTASH_REDIS_REST_URL: expect.stringMatching(/^http:/),
      UPSTASH_REDIS_REST_TOKEN: 'local',
    });
    expect(env).toMatchObject({
      WEBHOOK_SECRET: 'whsec_bm9ib2R5IHNlZXMgaXQ=',
      GITHUB_TOKEN: 'github_pat_seen',
    });
    expect((await stat(join(dataDir, 'worker.env'))).mode & 0o777).toBe(0o600);
    // What anybody on the machine may read, and what lies in other files of the folder.
    const arguments_ = execFileSync('ps', ['-eww', '-o', 'args'], { encoding: 'utf8' });
    const files = execFileSync(
      'grep',
      ['-rl', '-e', 'bm9ib2R5IHNlZXMgaXQ', '-e', 'github_pat_seen', dataDir],
      {
        encoding: 'utf8',
      },
    );
    expect(arguments_).toContain(`--port=${port}`);
    for (const secret of ['bm9ib2R5IHNlZXMgaXQ', 'github_pat_seen', `with 'quotes'`]) {
      expect(
        arguments_.split('\n').filter((line) => line.includes(secret) && !line.startsWith('grep')),
      ).toEqual([]);
    }
    expect(files.trim().split('\n')).toEqual([join(dataDir, 'worker.env')]);
    process.kill(child.pid ?? 0, 'SIGINT');
    expect(await child.exited).toBe('ended with code 0');
    expect(processes()).toEqual([]);
  });

  test('says in one line that the port is taken, or the folder in use', async () => {
    const server = createServer().listen(port, '127.0.0.1');
    const refused = start();
    expect(await refused.exited).toBe('ended with code 1');
    expect(refused.lines).toEqual([`Port ${port} is taken: stop what listens there, or set PORT.`]);
    server.close();

    expect(await settled(start())).toBe(true);
    const second = start(await freePort());
    expect(await second.exited).toBe('ended with code 1');
    expect(second.lines).toEqual([
      `The data folder ${dataDir} is in use by another start: stop that one, or set DATA_DIR.`,
    ]);
  });

  test('stops everything when a part of it dies', async () => {
    const child = start();
    expect(await settled(child)).toBe(true);
    process.kill(postmaster(), 'SIGKILL');
    expect(await child.exited).toBe('ended with code 1');
    expect(child.lines).toContain('Postgres ended by SIGKILL. Stopping the rest.');
    expect(processes()).toEqual([]);
  });

  test('starts again at once after it was killed, and nothing of it goes on', async () => {
    const killed = start();
    expect(await settled(killed)).toBe(true);
    process.kill(killed.pid ?? 0, 'SIGKILL');
    await killed.exited;
    expect(await waitUntil(() => processes().length === 0, 10_000)).toBe(true);
    expect(await settled(start())).toBe(true);
  });
});
