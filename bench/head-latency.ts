import { median } from './median.ts';
import { movieLoad, OPERATIONS } from './movie-loads.ts';
import { progress, type Report } from './report.ts';
import type { Setting } from './setting.ts';

const DELAY_MS = 20;
const REQUESTS = 60;
/** Few at a time, so that nothing is measured but the way. */
const ROUNDS = 4;

/** What the lookup of the head adds to a request, where Postgres and Redis are far away. */
export async function measureHeadLatency(setting: Setting): Promise<Report> {
  progress(`latency with ${DELAY_MS} ms to Postgres and to Redis`);
  const rows: string[][] = [];
  const figures: object[] = [];
  setting.traffic.delayMs = DELAY_MS;
  try {
    for (const operation of OPERATIONS) {
      const milliseconds = new Map(setting.variants.map((variant) => [variant, [] as readonly number[]]));
      for (let round = 0; round <= ROUNDS; round++) {
        for (const [variant, known] of milliseconds) {
          const until = { kind: 'requests', requests: REQUESTS / ROUNDS } as const;
          const result = await setting.load.run(
            movieLoad(setting, variant, operation, { connections: 1, until }),
          );
          // The first round warms up.
          if (round > 0) milliseconds.set(variant, [...known, ...result.milliseconds]);
        }
      }
      const ofStatic = median(milliseconds.get(setting.statics) ?? []);
      for (const [variant, measured] of milliseconds) {
        const own = median(measured);
        const added = variant === setting.statics ? '' : (own - ofStatic).toFixed(2);
        rows.push([`${operation}, ${variant.name}`, own.toFixed(2), added]);
        figures.push({ operation, variant: variant.name, milliseconds: own, added: own - ofStatic });
      }
    }
  } finally {
    setting.traffic.delayMs = 0;
  }
  return {
    title: `3. Latency with ${DELAY_MS} ms between the Worker and both Postgres and Redis`,
    columns: ['operation, Worker', 'median ms', 'added ms'],
    rows,
    notes: [
      `${REQUESTS} requests, one at a time. A read asks Redis for the head while Postgres answers; a write asks for none:`,
      'its statement itself fails where the definition is not the current one. A head lookup ahead of the query would',
      `add ${DELAY_MS} ms. Goal: none is added to a read.`,
    ],
    figures,
  };
}
