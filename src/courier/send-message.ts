import { Unreached } from '../ports.ts';
import { destinationOf, isPublic } from '../webhooks/outside-address.ts';
import { parseSigningKeys, sign } from '../webhooks/signature.ts';
import type { Courier } from './courier.ts';
import type { ActiveSubscriber, Attempt, DueMessage } from './messages.ts';

/** What a subscriber answers that wants nothing more. */
const GONE = 410;

const JITTER = 0.2;

/** One attempt to send a message, signed anew, and what is to follow where it failed. */
export async function sendMessage(
  courier: Courier,
  subscriber: ActiveSubscriber,
  message: DueMessage,
): Promise<Attempt> {
  const outcome = await attempt(courier, subscriber, message);
  if (typeof outcome === 'number' && outcome >= 200 && outcome < 300) {
    return { kind: 'delivered', answered: outcome };
  }
  const answered = typeof outcome === 'number' ? outcome : null;
  const isGone = answered === GONE;
  const pause = isGone ? undefined : courier.retrySeconds[message.attempts];
  return {
    kind: 'failed',
    answered,
    error: typeof outcome === 'number' ? `it answered ${outcome}` : outcome,
    retryIn: pause === undefined ? null : pause * (1 - JITTER / 2 + Math.random() * JITTER),
    pausedReason: pausedReason(courier, subscriber, isGone),
  };
}

function pausedReason(
  { pauseAfter }: Courier,
  { failures }: ActiveSubscriber,
  isGone: boolean,
): string | null {
  if (isGone) return `it answered ${GONE}, which says that it wants nothing more`;
  if (failures + 1 < pauseAfter) return null;
  return `${failures + 1} attempts failed, one after the other: mend it, then set its status to active`;
}

/** The status of the answer, or why there is none. */
async function attempt(
  { outside, addresses, now }: Courier,
  { url, secrets }: ActiveSubscriber,
  message: DueMessage,
): Promise<number | string> {
  try {
    const destination = destinationOf(url, addresses);
    if (destination.kind === 'refused') return `its address ${destination.reason}`;
    if (destination.kind === 'name') {
      // Looked at each time: a name may come to stand for another address at any moment.
      const found = await outside.resolve(destination.name);
      if (found.length === 0) return 'its name stands for no address';
      if (!found.every(isPublic)) return 'its name stands for a private address';
    }
    const id = `msg_${message.id}`;
    const timestamp = String(Math.floor(now() / 1000));
    const signed = { id, timestamp, body: new TextEncoder().encode(message.body) };
    const signatures = parseSigningKeys(secrets).map((key) => sign(key, signed));
    return await outside.post({
      url,
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'remodel-webhooks',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signatures.join(' '),
      },
      body: message.body,
    });
  } catch (error) {
    if (!(error instanceof Unreached)) throw error;
    return error.message;
  }
}
