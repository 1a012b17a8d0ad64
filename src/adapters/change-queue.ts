import type { Queue } from '@cloudflare/workers-types';
import type { ChangeQueue, Nudge } from '../ports.ts';

/** What Cloudflare accepts. A nudge that comes too early finds nothing to do, and sends the next one. */
const MAX_DELAY_SECONDS = 12 * 3600;

/** Cloudflare Queues. `send` is awaited by the caller: in `waitUntil` its errors would be lost. */
export function cloudflareQueue(queue: Queue<Nudge>): ChangeQueue {
  return {
    async send(nudge, delaySeconds = 0) {
      const delay = Math.min(delaySeconds, MAX_DELAY_SECONDS);
      await queue.send(nudge, delay > 0 ? { delaySeconds: delay } : undefined);
    },
  };
}
