import { type Prometheus, prometheus } from '../src/adapters/prometheus.ts';
import type { Env } from './env.ts';

let kept: Prometheus | undefined;

/** The numbers of this isolate, which its edge, migrator and sweep share. */
export function telemetryOf(env: Env): Prometheus {
  kept ??= prometheus({ logsRequests: env.LOG_REQUESTS === 'all' });
  return kept;
}
