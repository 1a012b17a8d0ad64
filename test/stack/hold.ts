import type { Traffic, TrafficEntry } from '../../local/traffic.ts';

/** One request that is held at its proxy. */
export interface Held {
  /** Settles when the request has come. */
  readonly reached: Promise<TrafficEntry>;
  /** Lets it pass on. */
  release(): void;
}

/** Holds the first request that `wanted` picks; all others pass. */
export function holdFirst(traffic: Traffic, wanted: (entry: TrafficEntry) => boolean): Held {
  const reached = Promise.withResolvers<TrafficEntry>();
  const released = Promise.withResolvers<void>();
  let isHeld = false;
  traffic.onRequest = async (entry) => {
    if (isHeld || !wanted(entry)) return;
    isHeld = true;
    reached.resolve(entry);
    await released.promise;
  };
  return { reached: reached.promise, release: () => released.resolve() };
}

/** Whether an entry carries SQL that has this text. */
export function hasSql(entry: TrafficEntry, text: string): boolean {
  return entry.proxy === 'neon' && entry.statements.some((statement) => statement.includes(text));
}

/** Whether an entry carries this command of Redis. */
export function hasCommand(entry: TrafficEntry, name: string): boolean {
  return entry.proxy === 'upstash' && entry.commands.some(([command]) => command?.toUpperCase() === name);
}

/** Whether an entry is the migrator's: it alone keeps a session. */
export function isMigrators(entry: TrafficEntry): boolean {
  return entry.proxy === 'neon' && entry.kind === 'websocket';
}
