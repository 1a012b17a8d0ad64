import type { DatabaseSession } from '../ports.ts';
import { sql } from '../statement.ts';
import type { Courier } from './courier.ts';
import { nextMessage, noteAttempt, noteNext, readSubscriber, secondsToNext } from './messages.ts';
import { sendMessage } from './send-message.ts';
import { takeEvents } from './take-events.ts';

/** Another runner is at work on the subscriber: what it does not see is looked at after it. */
const BUSY_SECONDS = 2;

/** After so many failures in a row a subscriber rests, ever longer: what waits would fail as well. */
const FAILURES_UNTIL_REST = 3;

/**
 * Does all that there is to do for one subscriber at this moment: its events into the outbox, then what is due, in
 * order. What fails is put off and does not keep what follows it. At least once: killed between an answer and its note,
 * it sends that message again. The errand for the next time is sent before that time is noted, so that none is lost.
 */
export async function runSubscriber(courier: Courier, id: string): Promise<void> {
  const session = await courier.connect();
  try {
    if (!(await lockSubscriber(session, id)))
      return await courier.queue.send({ subscriber: id }, BUSY_SECONDS);
    const subscriber = await readSubscriber(session, id);
    if (!subscriber || subscriber.isEarly) return;
    const failures = await sendAll(courier, session, id);
    const poll = subscriber.wantsRecords ? courier.pollSeconds : null;
    const seconds = await secondsToNext(session, id, restAfter(courier, failures), poll);
    if (seconds !== null) await courier.queue.send({ subscriber: id }, Math.ceil(seconds));
    await noteNext(session, id, seconds);
  } finally {
    await session.end();
  }
}

async function lockSubscriber(session: DatabaseSession, id: string): Promise<boolean> {
  const [row] = await session.query(
    sql`select pg_try_advisory_lock(hashtextextended('remodel:subscriber:' || ${id}, 0))::text as locked`,
  );
  return row?.['locked'] === 'true';
}

/** Sends until nothing is due, the slice is over, or the subscriber has to rest. Answers its failures in a row. */
async function sendAll(courier: Courier, session: DatabaseSession, id: string): Promise<number> {
  const deadline = courier.now() + courier.sliceMilliseconds;
  let failedHere = 0;
  for (;;) {
    const hasMore = await takeEvents(session, id);
    for (let message = await nextMessage(session, id); message; message = await nextMessage(session, id)) {
      // Read anew each time: it may have been paused, or given another secret or address.
      const subscriber = await readSubscriber(session, id);
      if (!subscriber) return 0;
      const attempt = await sendMessage(courier, subscriber, message);
      await noteAttempt(session, id, message.id, attempt);
      failedHere = attempt.kind === 'failed' ? failedHere + 1 : 0;
      const failures = attempt.kind === 'failed' ? subscriber.failures + 1 : 0;
      if (failedHere >= FAILURES_UNTIL_REST || courier.now() > deadline) return failures;
    }
    if (!hasMore || courier.now() > deadline) break;
  }
  return (await readSubscriber(session, id))?.failures ?? 0;
}

/** Twice as long with each failure, from the first pause of a message to its last. */
function restAfter({ retrySeconds }: Courier, failures: number): number {
  if (failures < FAILURES_UNTIL_REST) return 0;
  const first = retrySeconds[0] ?? 0;
  return Math.min(first * 2 ** (failures - FAILURES_UNTIL_REST), retrySeconds.at(-1) ?? first);
}
