import { median } from './median.ts';
import { movieLoad, OPERATIONS, type Operation } from './movie-loads.ts';
import { progress, type Report } from './report.ts';
import type { Setting, Variant } from './setting.ts';

const CONNECTIONS = 16;
const ROUNDS = 9;
const WARM_UP_SECONDS = 2;

interface Round {
  readonly perSecond: number;
  /** Of workerd, of the proxies, of Postgres, and of the generator: milliseconds of CPU for one request. */
  readonly cpu: number;
  readonly proxiesCpu: number;
  readonly postgresCpu: number;
  readonly loadCpu: number;
}

/** Requests per second and CPU per request of Remodel, against the Worker that was written by hand. */
export async function measureAgainstStatic(setting: Setting): Promise<Report> {
  const { statics } = setting;
  const rows: string[][] = [];
  const figures: object[] = [];
  for (const operation of OPERATIONS) {
    const rounds = await measureRounds(setting, operation);
    const ofStatic = rounds.get(statics) ?? [];
    for (const [variant, own] of rounds) {
      const ratios = own.map((round, n) => ratioOf(round, ofStatic[n]));
      const speed = ratios.map((ratio) => ratio.speed);
      const cpu = ratios.map((ratio) => ratio.cpu);
      const of = (value: (round: Round) => number) => median(own.map(value));
      rows.push([
        `${operation}, ${variant.name}`,
        of((round) => round.perSecond).toFixed(0),
        of((round) => round.cpu).toFixed(3),
        ...(variant === statics ? ['', '', '', ''] : [shown(speed), range(speed), shown(cpu), range(cpu)]),
        of((round) => round.proxiesCpu).toFixed(3),
        of((round) => round.postgresCpu).toFixed(3),
        of((round) => round.loadCpu).toFixed(3),
      ]);
      figures.push({ operation, variant: variant.name, rounds: own, ratios });
    }
  }
  return {
    title: '1. Requests against a Worker written by hand for one table',
    columns: [
      'operation, Worker',
      'req/s',
      'CPU ms/req',
      'req/s ratio',
      'range',
      'CPU ratio',
      'range',
      'proxies',
      'Postgres',
      'load',
    ],
    rows,
    notes: [
      `${CONNECTIONS} connections, ${ROUNDS} rounds of ${setting.seconds} s each, taken in turn; medians. A ratio is taken within a`,
      'round: above 1, Remodel is the better one (req/s: Remodel / static; CPU: static / Remodel). Goal: 0.9.',
      'CPU ms/req is that of the workerd process, user and system; one isolate can serve 1000 divided by it per second.',
      'The last three columns: CPU ms/req of both proxies (one Node process), of Postgres, of the load generator.',
      'All of them, and Redis, share this one machine: req/s is what they reach together, where a dearer statement',
      'of Postgres or a lookup in Redis takes the time of the Worker. Past Miniflare: workerd is asked directly.',
      'Both tables have the same columns and rows, and make ids by the same function; no commit waits for a disk.',
    ],
    figures,
  };
}

async function measureRounds(
  setting: Setting,
  operation: Operation,
): Promise<ReadonlyMap<Variant, readonly Round[]>> {
  const rounds = new Map<Variant, Round[]>(setting.variants.map((variant) => [variant, []]));
  progress(`${operation}: warming up`);
  for (const variant of setting.variants) await measure(setting, variant, operation, WARM_UP_SECONDS);
  for (let n = 0; n < ROUNDS; n++) {
    progress(`${operation}: round ${n + 1} of ${ROUNDS}`);
    // Nobody always has the same one before him.
    const order = n % 2 === 0 ? setting.variants : setting.variants.toReversed();
    for (const variant of order) {
      rounds.get(variant)?.push(await measure(setting, variant, operation, setting.seconds));
    }
    if (operation.startsWith('insert')) await setting.trim();
  }
  return rounds;
}

async function measure(
  setting: Setting,
  variant: Variant,
  operation: Operation,
  seconds: number,
): Promise<Round> {
  const volume = { connections: CONNECTIONS, until: { kind: 'seconds', seconds } } as const;
  const cpuBefore = variant.workerd.cpuMilliseconds();
  const postgresBefore = setting.postgresCpuMilliseconds();
  const proxiesBefore = process.cpuUsage();
  const result = await setting.load.run(movieLoad(setting, variant, operation, volume));
  const proxies = process.cpuUsage(proxiesBefore);
  const count = result.milliseconds.length;
  return {
    perSecond: count / result.seconds,
    cpu: (variant.workerd.cpuMilliseconds() - cpuBefore) / count,
    proxiesCpu: (proxies.user + proxies.system) / 1000 / count,
    postgresCpu: (setting.postgresCpuMilliseconds() - postgresBefore) / count,
    loadCpu: result.cpuMilliseconds / count,
  };
}

function ratioOf(own: Round, ofStatic: Round | undefined): { readonly speed: number; readonly cpu: number } {
  if (!ofStatic) throw new TypeError('each round has one of each Worker');
  return { speed: own.perSecond / ofStatic.perSecond, cpu: ofStatic.cpu / own.cpu };
}

function shown(values: readonly number[]): string {
  return median(values).toFixed(2);
}

function range(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;
}
