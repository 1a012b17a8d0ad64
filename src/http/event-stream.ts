import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Database } from '../ports.ts';
import type { EdgeEnv } from './edge.ts';
import { failureOf } from './problems.ts';

const MAX_PAUSE_MS = 2500;
const HEARTBEAT_MS = 15_000;

/** After this the client connects again: isolates come and go, and one request may only ask so often. */
const MAX_LENGTH_MS = 240_000;

/** How long a client waits before it connects again. */
const RETRY_MS = 1000;

/** What a stream of server-sent events is made of. */
export interface EventStream {
  /** The pause after something was sent; each that brings nothing is followed by a longer one. */
  readonly firstPauseMs: number;
  readonly maxTurns: number;
  /**
   * Looks once for what is new, and sends it. `more`: there is more at once; `end`: there will be nothing more. What it
   * fails of ends the stream as well: the client comes again, and is answered why.
   */
  readonly turn: (send: (text: string) => Promise<void>) => Promise<'sent' | 'nothing' | 'more' | 'end'>;
  /** What is sent where nothing was for long. */
  readonly heartbeat: () => string;
}

/** Where a stream looks for what is new: a key that it was opened with is asked for each time. */
export function watchedDatabase(c: Context<EdgeEnv>): Database {
  const { database } = c.env.edge;
  return c.get('key')?.watched(database) ?? database;
}

/** An answer that goes on until its end, the client's, or that of its time; then the client comes again. */
export function streamEvents(c: Context<EdgeEnv>, events: EventStream): Response {
  const { sleep } = c.env.edge;
  const { firstPauseMs, maxTurns, turn, heartbeat } = events;
  return streamSSE(c, async (stream) => {
    const end = Date.now() + MAX_LENGTH_MS;
    let pause = firstPauseMs;
    let quietSince = Date.now();
    const send = async (text: string) => {
      await stream.write(text);
      quietSince = Date.now();
    };
    await send(`retry: ${RETRY_MS}\n\n`);
    for (let turns = 1; !stream.aborted; turns++) {
      const outcome = await turn(send).catch(endOfFailure);
      if (outcome === 'end' || turns === maxTurns) return;
      if (outcome === 'sent' || outcome === 'more') pause = firstPauseMs;
      if (Date.now() - quietSince >= HEARTBEAT_MS) await send(heartbeat());
      if (Date.now() + pause > end) return;
      if (outcome === 'more') continue;
      await sleep(pause);
      pause = Math.min(pause * 1.5, MAX_PAUSE_MS);
    }
  });
}

function endOfFailure(error: unknown): 'end' {
  if (failureOf(error)) return 'end';
  throw error;
}
