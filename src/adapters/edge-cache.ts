import type { Cache } from '@cloudflare/workers-types';
import type { HeadCache } from '../heads/cached-heads.ts';

/** The Cache API: what the isolates of one data centre share. */
export function edgeCache(open: () => Promise<Cache>): HeadCache {
  const urlOf = (key: string) => `https://heads.remodel.invalid/${encodeURIComponent(key)}`;
  return {
    async read(key) {
      const cache = await open();
      const response = await cache.match(urlOf(key));
      return response ? response.text() : null;
    },
    async write(key, text, milliseconds) {
      const cache = await open();
      const headers = { 'Cache-Control': `max-age=${Math.max(1, Math.ceil(milliseconds / 1000))}` };
      const { Response: WorkersResponse } = globalThis;
      // The two runtimes' types of `Response` differ in name only.
      await cache.put(urlOf(key), new WorkersResponse(text, { headers }) as never);
    },
  };
}
