import { readFile } from 'node:fs/promises';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { childrenNamed, cpuMilliseconds } from './cpu.ts';

/** One Worker in a workerd process of its own. */
export interface Workerd {
  readonly url: URL;
  readonly pid: number;
  /** Spent by the process since it began. */
  cpuMilliseconds(): number;
  stop(): Promise<void>;
}

const NAME = 'remodel';
const QUEUE = 'remodel-changes';

/** Starts a bundled Worker. One after another: the new process is told by its being new. */
export async function startWorkerd(
  workerPath: string,
  bindings: Readonly<Record<string, string>>,
): Promise<Workerd> {
  const before = new Set(childrenNamed('workerd'));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      workers: [
        {
          name: NAME,
          modules: [{ type: 'ESModule', path: 'worker.mjs', contents: await readFile(workerPath, 'utf8') }],
          compatibilityDate: '2026-10-01',
          compatibilityFlags: ['nodejs_compat'],
          bindings: { ...bindings },
          queueProducers: { CHANGES: { queueName: QUEUE }, WEBHOOKS: { queueName: 'remodel-webhooks' } },
          queueConsumers: { [QUEUE]: { maxBatchSize: 1, maxBatchTimeout: 0 } },
          // Past Miniflare's own Worker, whose time would count as that of the one that is measured.
          unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
        },
      ],
    }),
  );
  await miniflare.ready;
  const pid = childrenNamed('workerd').find((child) => !before.has(child));
  if (pid === undefined) throw new Error('Miniflare has started no workerd');
  return {
    url: await miniflare.unsafeGetDirectURL(NAME),
    pid,
    cpuMilliseconds: () => cpuMilliseconds(pid),
    stop: () => miniflare.dispose(),
  };
}
