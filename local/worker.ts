import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './child.ts';
import { waitUntil } from './deadline.ts';
import { freePort } from './free-port.ts';
import { workerConfig } from './worker-config.ts';

/** The Worker, run by `wrangler dev`. */
export interface LocalWorker {
  readonly url: string;
  /** Settles when wrangler is gone, whoever ended it: a sentence of how. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface WorkerOptions {
  readonly port: number;
  readonly dataDir: string;
  /** The wrangler file; the project's own when absent. */
  readonly config?: string;
  /** Secrets among them: they reach wrangler by a file that only this user may read. */
  readonly settings: Readonly<Record<string, string>>;
  /** Called with each line that the Worker writes once it is ready. */
  readonly onLine: (line: string) => void;
}

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const START_DEADLINE = 60_000;

/** Starts the Worker, and waits until GET /health is answered by 200. */
export async function startWorker(options: WorkerOptions): Promise<LocalWorker> {
  const folder = join(options.dataDir, 'wrangler');
  await mkdir(folder, { recursive: true });
  const config = join(folder, 'wrangler.json');
  const from = options.config ?? join(PROJECT, 'wrangler.toml');
  await writeFile(config, await workerConfig(from, Object.keys(options.settings)));
  const settingsFile = join(options.dataDir, 'worker.env');
  await writeFile(settingsFile, environmentFile(options.settings), { mode: 0o600 });
  // The mode counts only for a file that is made.
  await chmod(settingsFile, 0o600);

  let isReady = false;
  let hasFailed = false;
  const wrangler = new Child({
    command: process.execPath,
    args: await wranglerArguments({ port: options.port, config, settingsFile, folder }),
    cwd: PROJECT,
    env: wranglerEnvironment(folder, options.settings),
    stopSignal: 'SIGTERM',
    onLine: (line) => {
      // It stays, and would build again after the next edit.
      hasFailed ||= line.includes('Build failed');
      if (isReady && !line.startsWith('[wrangler:info]')) options.onLine(line);
    },
  });
  const url = `http://127.0.0.1:${options.port}`;
  const hasGivenUp = () => hasFailed || wrangler.hasEnded;
  const isSettled = await waitUntil(async () => hasGivenUp() || (await isHealthy(url)), START_DEADLINE, 50);
  isReady = isSettled && !hasGivenUp();
  if (!isReady) {
    const how = wrangler.hasEnded
      ? await wrangler.exited
      : `GET /health was not 200 in ${START_DEADLINE / 1000} s`;
    await wrangler.stop();
    throw new Error(`The Worker did not start (${how}). Wrangler wrote:\n${wrangler.lines.join('\n')}`);
  }
  return { url, exited: wrangler.exited, stop: () => wrangler.stop() };
}

/** Anybody on this machine may read them: no setting stands among them. */
async function wranglerArguments(given: {
  readonly port: number;
  readonly config: string;
  readonly settingsFile: string;
  readonly folder: string;
}): Promise<readonly string[]> {
  const program = join(
    dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
    'bin/wrangler.js',
  );
  const flags = {
    config: given.config,
    ip: '127.0.0.1',
    port: given.port,
    'inspector-port': await freePort(),
    'env-file': given.settingsFile,
    'persist-to': given.folder,
    'log-level': 'log',
    'show-interactive-dev-session': false,
  };
  return [program, 'dev', ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
}

/** Without the names of settings: wrangler reads those from its environment too. */
function wranglerEnvironment(folder: string, settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !(name in settings));
  return {
    ...Object.fromEntries(inherited),
    CI: '1',
    NO_COLOR: '1',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_LOG_PATH: join(folder, 'logs'),
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  };
}

function environmentFile(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join('');
}

/** In quotes that the value does not contain; there is no escape for one. */
function quote(value: string): string {
  const mark = ["'", '"', '`'].find((candidate) => !value.includes(candidate));
  if (mark === undefined)
    throw new Error('A setting holds all three kinds of quotes: wrangler cannot read it.');
  return `${mark}${value}${mark}`;
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
