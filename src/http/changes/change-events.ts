import type { Context } from 'hono';
import { readChangeNews } from '../../catalog/changes.ts';
import type { ChangeNews } from '../../catalog/shown-change.ts';
import { Failure } from '../../failure.ts';
import type { EdgeEnv } from '../edge.ts';
import { streamEvents, watchedDatabase } from '../event-stream.ts';
import { hasEnded, showChange } from './answer-change.ts';

/**
 * Server-sent events: the change as it is, and again whenever it has moved on, until it has ended. An event's id is
 * the revision of the change: a client that comes again with the newest one gets only what follows it, and 204,
 * which tells it to stay away, where nothing will.
 */
export async function changeEvents(c: Context<EdgeEnv>, workspace: string, id: string): Promise<Response> {
  const database = watchedDatabase(c);
  const first = await readChangeNews(database, workspace, id, null);
  if (!first) throw new Failure('unknown_change', `there is no change ${id}`);
  const isKnown = c.req.header('Last-Event-ID') === String(first.revision);
  if (isKnown && hasEnded(first.change.status)) return c.body(null, 204);
  let { revision } = first;
  let known: ChangeNews | null = isKnown ? null : first;
  let sent = '';
  return streamEvents(c, {
    firstPauseMs: 250,
    maxTurns: 900,
    heartbeat: () => ': nothing new\n\n',
    turn: async (send) => {
      const news = known ?? (await readChangeNews(database, workspace, id, revision));
      known = null;
      if (!news) return 'nothing';
      revision = news.revision;
      const data = JSON.stringify(showChange(c, news.change));
      const isNew = data !== sent;
      if (isNew) await send(`id: ${revision}\ndata: ${data}\n\n`);
      sent = data;
      if (hasEnded(news.change.status)) return 'end';
      return isNew ? 'sent' : 'nothing';
    },
  });
}
