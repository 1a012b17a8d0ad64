import { type DevelopmentOptions, startDevelopment } from './development.ts';
import { welcome } from './welcome.ts';

/**
 * Runs the whole system until Ctrl-C, SIGTERM, or the early end of a part. Answers the exit code; throws one line
 * of why it did not start.
 */
export async function runInForeground(options: Omit<DevelopmentOptions, 'onLine'>): Promise<number> {
  const stopAsked = stopRequested();
  const development = await startDevelopment({ ...options, onLine: (line) => console.log(line) });
  try {
    console.log(welcome({ ...options, url: development.url, embeddedRedis: development.embeddedRedis }));
    const broken = await Promise.race([stopAsked, development.broken]);
    console.log(broken === undefined ? 'Stopping.' : `${broken} Stopping the rest.`);
    return broken === undefined ? 0 : 1;
  } finally {
    await development.stop();
  }
}

/** Settles when this process is asked to stop; who asks twice does not want to wait. */
function stopRequested(): Promise<undefined> {
  return new Promise((resolve) => {
    let isAsked = false;
    const ask = () => {
      // The guard ends the children.
      if (isAsked) process.exit(130);
      isAsked = true;
      resolve(undefined);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  });
}
