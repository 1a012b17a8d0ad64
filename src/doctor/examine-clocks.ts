import type { Database, Vitals } from '../ports.ts';
import { plain } from '../statement.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

const WARN_MS = 1000;
const FAIL_MS = 10_000;

/** How far the clocks of Postgres and of Redis are from that of the edge. */
export async function examineClocks(
  database: Database,
  vitals: Vitals,
  now: () => number,
): Promise<readonly Finding[]> {
  return [
    await compare('clock of postgres', now, async () => {
      const [row] = await database.query(
        plain(`select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as now`),
      );
      return Number(row?.['now']);
    }),
    await compare('clock of redis', now, () => vitals.now()),
  ];
}

/** Its time lies between those of the question and of the answer, if the clocks agree. */
async function compare(check: string, now: () => number, ask: () => Promise<number>): Promise<Finding> {
  const before = now();
  const found = await ask();
  const after = now();
  const away = found < before ? before - found : found > after ? found - after : 0;
  if (away <= WARN_MS) return ok(check, 'it agrees with that of the edge');
  const message = `it is ${(away / 1000).toFixed(1)} seconds away from that of the edge`;
  const mend = 'have both set by NTP; GRACE_SECONDS has to be longer than this';
  return away > FAIL_MS ? failed(check, message, mend) : warning(check, message, mend);
}
