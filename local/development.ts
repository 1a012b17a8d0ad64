import { resolve } from 'node:path';
import { startCron } from './cron.ts';
import { claimDataFolder } from './data-folder.ts';
import { createDatabase } from './database.ts';
import { isPortFree } from './free-port.ts';
import { startStack } from './stack.ts';
import { startWorker } from './worker.ts';

/** The whole system on this machine, as `npm start` runs it. */
export interface Development {
  readonly url: string;
  /** True: Redis is played by a library. */
  readonly embeddedRedis: boolean;
  /** Settles when a part of it ends before it was stopped: a sentence of which and how. */
  readonly broken: Promise<string>;
  /** Ends the parts in order: the Worker first, Postgres last. */
  stop(): Promise<void>;
}

export interface DevelopmentOptions {
  readonly port: number;
  /** Kept between starts. */
  readonly dataDir: string;
  readonly rootToken: string;
  /** Settings of the Worker besides the bindings. */
  readonly variables: Readonly<Record<string, string>>;
  /** Another wrangler file than the project's. */
  readonly config?: string;
  readonly onLine: (line: string) => void;
}

const DATABASE = 'remodel';

/** Starts all parts, or throws one line of why not, with nothing left running. */
export async function startDevelopment(options: DevelopmentOptions): Promise<Development> {
  const { port, rootToken, onLine } = options;
  const dataDir = resolve(options.dataDir);
  if (!(await isPortFree(port)))
    throw new Error(`Port ${port} is taken: stop what listens there, or set PORT.`);

  const undo: (() => unknown)[] = [];
  const stop = async () => {
    for (let last = undo.pop(); last; last = undo.pop()) await last();
  };
  try {
    undo.push(await claimDataFolder(dataDir));
    const stack = await startStack({ dataDir });
    undo.push(stack.stop);
    const bindings = stack.bindings(await createDatabase(stack.postgres, DATABASE));
    const worker = await startWorker({
      port,
      dataDir,
      settings: { ...options.variables, ROOT_TOKEN: rootToken, ...bindings },
      onLine,
      ...(options.config === undefined ? {} : { config: options.config }),
    });
    undo.push(worker.stop);
    undo.push(startCron(worker.url, onLine));
    const broken = Promise.race([
      stack.postgres.exited.then((how) => `Postgres ${how}.`),
      stack.redis.exited.then((how) => `Redis ${how}.`),
      worker.exited.then((how) => `wrangler dev ${how}.`),
    ]);
    return { url: worker.url, embeddedRedis: stack.redis.embedded, broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
