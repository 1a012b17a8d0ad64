import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { readChangeNews } from '../catalog/changes.ts';
import type { ChangeNews } from '../catalog/shown-change.ts';
import { Failure } from '../failure.ts';
import { hasEnded, showChange } from './answer-change.ts';
import type { EdgeEnv } from './edge.ts';

const FIRST_POLL_MS = 250;
const MAX_POLL_MS = 2500;
const HEARTBEAT_MS = 15_000;

/** After this the client connects again: one request may only ask Postgres so often. */
const MAX_LENGTH_MS = 240_000;

/** How long a client waits before it connects again. */
const RETRY_MS = 1000;

/**
 * Server-sent events: the change as it is, and again whenever it has moved on, until it has ended. An event's id is
 * the revision of the change: a client that comes again with the newest one gets only what follows it, and 204,
 * which tells it to stay away, where nothing will.
 */
export async function changeEvents(c: Context<EdgeEnv>, workspace: string, id: string): Promise<Response> {
  const { database, sleep } = c.env.edge;
  const first = await readChangeNews(database, workspace, id, null);
  if (!first) throw new Failure('unknown_change', `there is no change ${id}`);
  const isKnown = c.req.header('Last-Event-ID') === String(first.revision);
  if (isKnown && hasEnded(first.change.status)) return c.body(null, 204);
  return streamSSE(c, async (stream) => {
    const end = Date.now() + MAX_LENGTH_MS;
    let { revision } = first;
    let news: ChangeNews | null = isKnown ? null : first;
    let sent = '';
    let pause = FIRST_POLL_MS;
    let quietSince = Date.now();
    const write = async (text: string) => {
      await stream.write(text);
      quietSince = Date.now();
    };
    await write(`retry: ${RETRY_MS}\n\n`);
    while (!stream.aborted) {
      if (news) {
        revision = news.revision;
        const data = JSON.stringify(showChange(news.change));
        if (data !== sent) {
          await write(`id: ${revision}\ndata: ${data}\n\n`);
          sent = data;
          pause = FIRST_POLL_MS;
        }
        if (hasEnded(news.change.status)) return;
      }
      if (Date.now() - quietSince >= HEARTBEAT_MS) await write(': nothing new\n\n');
      if (Date.now() + pause > end) return;
      await sleep(pause);
      pause = Math.min(pause * 1.5, MAX_POLL_MS);
      news = await readChangeNews(database, workspace, id, revision);
    }
  });
}
