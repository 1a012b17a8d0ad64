import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Change } from '../client/changes.ts';
import type { Transport } from '../client/transport.ts';

const RETRY_MS = 1000;

const ENDS = new Set<Change['status']>(['done', 'failed', 'cancelled']);

/** Whether nothing more will come of a change. */
export function hasEnded({ status }: Change): boolean {
  return ENDS.has(status);
}

/** A change as it is, and again whenever it has moved on, until it has ended. Connects again where it is cut off. */
export async function* followChange(
  workspace: Transport,
  id: string,
): AsyncGenerator<Change, void, undefined> {
  let last: string | undefined;
  for (;;) {
    const headers = { Accept: 'text/event-stream', 'Last-Event-ID': last };
    const response = await workspace.send('GET', `/changes/${encodeURIComponent(id)}/events`, { headers });
    // 204: all that there is to know was sent.
    if (response.status === 204 || !response.body) return;
    try {
      const events = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      for await (const event of events) {
        last = event.id;
        const change: Change = JSON.parse(event.data);
        yield change;
        if (hasEnded(change)) return;
      }
    } catch (error) {
      // A stream that breaks off is a TypeError; whether the server is still there shows the next request.
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
