import type { Queue } from '@cloudflare/workers-types';

/** What Cloudflare accepts. A nudge that comes too early finds nothing to do, and sends the next one. */
const MAX_DELAY_SECONDS = 12 * 3600;

/** Cloudflare Queues. `send` is awaited by the caller: in `waitUntil` its errors would be lost. */
export function cloudflareQueue<T>(queue: Queue<T>) {
  return {
    async send(message: T, delaySeconds = 0): Promise<void> {
      const delay = Math.min(delaySeconds, MAX_DELAY_SECONDS);
      await queue.send(message, delay > 0 ? { delaySeconds: delay } : undefined);
    },
  };
}
