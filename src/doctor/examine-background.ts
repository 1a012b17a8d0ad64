import type { ChangeQueue, Vitals } from '../ports.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

const QUEUE_WAIT_MS = 5000;
const POLL_MS = 100;
/** Cron calls each minute. */
const CRON_LATE_MS = 180_000;

/** What examining queue and cron takes. */
export interface Background {
  readonly queue: ChangeQueue;
  readonly vitals: Vitals;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Whether a message arrives. */
export async function examineQueue({ queue, vitals, now, sleep }: Background): Promise<Finding> {
  const probe = crypto.randomUUID();
  const sent = now();
  await queue.send({ workspace: '', probe });
  while (now() - sent < QUEUE_WAIT_MS) {
    if ((await vitals.lastBeat('queue')) === probe)
      return ok('queue', `a message arrived within ${((now() - sent) / 1000).toFixed(1)} seconds`);
    await sleep(POLL_MS);
  }
  return warning(
    'queue',
    `a message did not arrive within ${QUEUE_WAIT_MS / 1000} seconds`,
    'look again when no change is running; if it stays so, the Worker is not the consumer of remodel-changes: npx wrangler queues info remodel-changes',
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
