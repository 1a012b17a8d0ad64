/** What Cloudflare invokes. Adapters are wired to ports in this folder, and nowhere else. */
import type { ExportedHandler } from '@cloudflare/workers-types';
import { everyMinute } from '../src/migrator/tend-events.ts';
import type { Errand, Nudge } from '../src/ports.ts';
import type { Env } from './env.ts';
import { handleFetch } from './fetch.ts';
import { handleQueue } from './queue.ts';
import { wireMigrator } from './wire-migrator.ts';

export default {
  // The runtime's types of requests and responses differ from the standard's in name only.
  fetch: handleFetch as never,
  queue: handleQueue,
  scheduled: (_event, env) => everyMinute(wireMigrator(env)),
} satisfies ExportedHandler<Env, Nudge | Errand>;
