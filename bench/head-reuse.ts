import { movieLoad, OPERATIONS, type Operation } from './movie-loads.ts';
import { progress, type Report } from './report.ts';
import { HASH_TTL_MS, type Setting, type Variant } from './setting.ts';
import { measureStaleness } from './staleness.ts';

const CONNECTIONS = 16;
const PUBLISHES = 15;

interface Commands {
  readonly perRequest: number;
  readonly perSecond: number;
}

/** What `HASH_TTL_MS` saves in commands of Redis, and what it costs in freshness. */
export async function measureHeadReuse(setting: Setting): Promise<Report> {
  const variants = [setting.remodel, setting.reusing];
  progress('counting commands of Redis');
  const rows: string[][] = [];
  const commands: object[] = [];
  for (const variant of variants) {
    const counted: Commands[] = [];
    for (const operation of OPERATIONS) {
      const own = await countCommands(setting, variant, operation);
      counted.push(own);
      commands.push({ variant: variant.name, operation, ...own });
    }
    rows.push([variant.name, ...counted.map(shown)]);
  }
  progress(`staleness after ${PUBLISHES} publishes`);
  const staleness = await measureStaleness(setting, variants, PUBLISHES);
  return {
    title: '4. Commands of Redis, and staleness after a publish',
    columns: [
      'Worker',
      ...OPERATIONS.map((operation) => `${operation}: commands/req (per s)`),
      'greatest staleness, ms',
    ],
    rows: rows.map((row, n) => [...row, staleness[n]?.greatest.toFixed(0) ?? '']),
    notes: [
      `Commands: ${CONNECTIONS} connections for ${setting.seconds} s. Staleness: over ${PUBLISHES} publishes by another isolate, the time from`,
      'Redis having the new head to the beginning of the last request that was still answered by the old definition',
      `(0: there was none). Stated: nothing, or HASH_TTL_MS (here ${HASH_TTL_MS}).`,
    ],
    figures: { commands, staleness },
  };
}

async function countCommands(setting: Setting, variant: Variant, operation: Operation): Promise<Commands> {
  let count = 0;
  setting.traffic.onRequest = (entry) => {
    if (entry.proxy === 'upstash') count += entry.commands.length;
  };
  try {
    const until = { kind: 'seconds', seconds: setting.seconds } as const;
    const load = movieLoad(setting, variant, operation, { connections: CONNECTIONS, until });
    const { milliseconds, seconds } = await setting.load.run(load);
    return { perRequest: count / milliseconds.length, perSecond: count / seconds };
  } finally {
    setting.traffic.onRequest = undefined;
  }
}

function shown({ perRequest, perSecond }: Commands): string {
  return `${perRequest.toFixed(perRequest > 0 && perRequest < 0.1 ? 4 : 2)} (${perSecond.toFixed(1)})`;
}
