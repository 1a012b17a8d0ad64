import type { Vitals } from '../ports.ts';
import { type Finding, ok, warning } from './finding.ts';

/** Whether Redis answers, and keeps what it is given. */
export async function examineRedis(vitals: Vitals): Promise<readonly Finding[]> {
  const policy = await vitals.evictionPolicy();
  return [ok('redis', 'it answers'), eviction(policy)];
}

function eviction(policy: string | null): Finding {
  const check = 'eviction of redis';
  if (policy === 'noeviction') return ok(check, 'it is off');
  const mend = 'switch eviction off in the console of Upstash, or set maxmemory-policy to noeviction';
  if (policy === null)
    return warning(check, 'Redis does not say whether it forgets keys when it is full', mend);
  return warning(
    check,
    `it is ${policy}: a full Redis forgets heads, and each read then asks Postgres as well`,
    mend,
  );
}
