import { HeadStoreError, type Vitals } from '../ports.ts';
import { command, type UpstashOptions, upstashClient } from './upstash-client.ts';

/** When each part last gave a sign: cron, whenever it asks what is due. */
export const BEATS = 'beats';

/** Signs of life in Redis, and what Redis says of itself. */
export function upstashVitals(options: UpstashOptions): Vitals {
  const redis = upstashClient(options);
  return {
    async beat(queue, sign) {
      await command(() => redis.hset(BEATS, { [queue]: sign }));
    },
    lastBeat: (part) => command(() => redis.hget<string>(BEATS, part)),
    async now() {
      const [seconds, microseconds] = await command(() => redis.time());
      return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
    },
    async evictionPolicy() {
      // The SDK has no such command, and not every Redis that speaks this protocol answers it.
      const answer = await fetch(options.url, {
        method: 'POST',
        headers: { Authorization: `Bearer ${options.token}` },
        body: JSON.stringify(['CONFIG', 'GET', 'maxmemory-policy']),
        signal: AbortSignal.timeout(options.timeoutMilliseconds),
      }).catch((error: unknown) => {
        throw new HeadStoreError('Redis did not answer', { cause: error });
      });
      if (answer.status >= 500) throw new HeadStoreError(`Redis answered ${answer.status}`);
      const { result }: { result?: unknown } = Object(await answer.json());
      const value: unknown = Array.isArray(result) ? result[1] : null;
      return typeof value === 'string' ? value : null;
    },
  };
}
