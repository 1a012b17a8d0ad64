import type { Queue } from '@cloudflare/workers-types';
import type { ChangeQueue, Nudge } from '../ports.ts';

/** Cloudflare Queues. `send` is awaited by the caller: in `waitUntil` its errors would be lost. */
export function cloudflareQueue(queue: Queue<Nudge>): ChangeQueue {
  return {
    async send(nudge, delaySeconds = 0) {
      await queue.send(nudge, delaySeconds > 0 ? { delaySeconds } : undefined);
    },
  };
}
