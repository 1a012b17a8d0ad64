import { setTimeout as sleep } from 'node:timers/promises';
import { HASH_TTL_MS, type Setting, type Variant } from './setting.ts';

export interface Staleness {
  readonly variant: string;
  /** Milliseconds. */
  readonly greatest: number;
  readonly ofEachPublish: readonly number[];
}

interface Sighting {
  /** When the request began, and which definition answered it. */
  readonly begin: number;
  readonly hash: string | null;
}

/** What is read of a change: the hashes that it leads to, by model. */
interface Change {
  readonly plan?: { readonly result?: { readonly movie?: string } };
}

const POLL_MS = 3;

/** Publishes by an isolate that nobody reads from, while each variant is read from all the time. */
export async function measureStaleness(
  setting: Setting,
  variants: readonly Variant[],
  publishes: number,
): Promise<readonly Staleness[]> {
  const publisher = await setting.startRemodel({});
  const found = variants.map((): number[] => []);
  for (let n = 0; n < publishes; n++) {
    const sightings = variants.map((): Sighting[] => []);
    const over = new AbortController();
    const watching = variants.map((variant, v) => watch(setting, variant, sightings[v] ?? [], over.signal));
    // Publishes fall anywhere within the time that a head is kept.
    await sleep(Math.random() * HASH_TTL_MS);
    const { publishedAt, hash } = await publish(setting, publisher.url, n);
    const isSeen = () => sightings.every((own) => own.at(-1)?.hash === hash);
    while (!isSeen()) await sleep(POLL_MS);
    over.abort();
    await Promise.all(watching);
    sightings.forEach((own, v) => {
      const last = own.findLast((sighting) => sighting.hash !== hash);
      found[v]?.push(Math.max(0, (last?.begin ?? 0) - publishedAt));
    });
  }
  await publisher.stop();
  return variants.map(({ name }, v) => {
    const ofEachPublish = found[v] ?? [];
    return { variant: name, greatest: Math.max(...ofEachPublish), ofEachPublish };
  });
}

async function watch(
  setting: Setting,
  { workerd, movies }: Variant,
  sightings: Sighting[],
  over: AbortSignal,
): Promise<void> {
  const url = new URL(`${movies}?limit=1`, workerd.url);
  while (!over.aborted) {
    const begin = performance.now();
    const answer = await fetch(url, { headers: setting.headers });
    await answer.text();
    if (answer.status !== 200) throw new Error(`A read was answered by ${answer.status}.`);
    sightings.push({ begin, hash: answer.headers.get('Model-Hash') });
    await sleep(POLL_MS);
  }
}

/** Changes the help text of a field, which makes a definition that never was before. */
async function publish(
  setting: Setting,
  url: URL,
  n: number,
): Promise<{ readonly publishedAt: number; readonly hash: string }> {
  let publishedAt = Number.NaN;
  setting.traffic.onResponse = (entry) => {
    const isPublish =
      entry.proxy === 'upstash' && entry.commands.some(([name]) => name?.toUpperCase() === 'EVAL');
    if (isPublish) publishedAt = performance.now();
  };
  try {
    const answer = await fetch(new URL('/v1/main/changes', url), {
      method: 'POST',
      headers: { ...setting.headers, 'Content-Type': 'application/json', Prefer: 'wait=20' },
      body: JSON.stringify({
        operations: [{ op: 'alterField', model: 'movie', field: 'note', set: { help: `text ${n}` } }],
      }),
    });
    const text = await answer.text();
    const change: Change = JSON.parse(text);
    const hash = change.plan?.result?.movie;
    if (hash === undefined || Number.isNaN(publishedAt)) throw new Error(`Nothing was published: ${text}`);
    return { publishedAt, hash: `movie=${hash}` };
  } finally {
    setting.traffic.onResponse = undefined;
  }
}
