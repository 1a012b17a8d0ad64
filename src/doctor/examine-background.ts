import type { ChangeQueue, ErrandQueue, QueueName, Vitals } from '../ports.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

const QUEUE_WAIT_MS = 5000;
const POLL_MS = 100;
/** Cron calls each minute. */
const CRON_LATE_MS = 180_000;

/** What examining queues and cron takes. */
export interface Background {
  readonly queue: ChangeQueue;
  readonly errands: ErrandQueue;
  readonly vitals: Vitals;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Whether a message to the migrator arrives. */
export function examineChanges(background: Background): Promise<Finding> {
  return examineQueue('queue of changes', 'remodel-changes', background, (probe) =>
    background.queue.send({ workspace: '', probe }),
  );
}

/** The same of one to the courier. */
export function examineWebhooks(background: Background): Promise<Finding> {
  return examineQueue('queue of webhooks', 'remodel-webhooks', background, (probe) =>
    background.errands.send({ subscriber: '', probe }),
  );
}

async function examineQueue(
  check: string,
  queue: QueueName,
  { vitals, now, sleep }: Background,
  send: (probe: string) => Promise<void>,
): Promise<Finding> {
  const probe = crypto.randomUUID();
  const sent = now();
  await send(probe);
  while (now() - sent < QUEUE_WAIT_MS) {
    if ((await vitals.lastBeat(queue)) === probe)
      return ok(check, `a message arrived within ${((now() - sent) / 1000).toFixed(1)} seconds`);
    await sleep(POLL_MS);
  }
  return warning(
    check,
    `a message did not arrive within ${QUEUE_WAIT_MS / 1000} seconds`,
    `look again when little is going on; if it stays so, the Worker is not the consumer of ${queue}: npx wrangler queues info ${queue}`,
  );
}

/** Whether cron calls. */
export async function examineCron({ vitals, now }: Background): Promise<Finding> {
  const beat = await vitals.lastBeat('cron');
  const mend = 'deploy with the cron trigger of wrangler.toml: what is lost on the way waits for it';
  if (beat === null)
    return warning('cron', 'it has not called yet', `look again in a minute; if it stays so: ${mend}`);
  const seconds = Math.round((now() - Number(beat)) / 1000);
  if (seconds * 1000 > CRON_LATE_MS)
    return failed('cron', `it called ${seconds} seconds ago, and should do so each minute`, mend);
  return ok('cron', `it called ${seconds} seconds ago`);
}
