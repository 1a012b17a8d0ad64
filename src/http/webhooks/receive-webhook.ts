import type { Context } from 'hono';
import { noteReceived } from '../../catalog/received-webhooks.ts';
import { keepRefusal, takeDelivery, type WebhookSource } from '../../catalog/webhook-ids.ts';
import { isWorkspaceSlug } from '../../definition/identifiers.ts';
import { Failure } from '../../failure.ts';
import { readBytes } from '../body.ts';
import type { EdgeEnv } from '../edge.ts';
import { failureOf, PROBLEMS } from '../problems.ts';

/** A delivery whose signature is valid. */
export interface SignedDelivery {
  /** What its sender calls it, for people. */
  readonly name: string;
  /** What tells it from others for certain: part of what is signed, or made of it. */
  readonly id: string;
  readonly body: Uint8Array;
}

/** What a delivery came to: a change, or a reason why nothing was to be done. */
export interface Outcome {
  readonly answer: Response;
  readonly ignored?: string;
}

/** An address for webhooks. */
export interface Receiver {
  readonly source: WebhookSource;
  /** Whether a delivery that was refused is refused again whenever it comes, in the same words. */
  readonly keepsRefusals: boolean;
  /** What the sender calls the delivery, as long as nobody has looked whether it is signed. */
  readonly nameOf: (c: Context<EdgeEnv>) => string | null;
  /** Throws where it was not signed by a secret of this deployment, or long ago. */
  readonly verify: (c: Context<EdgeEnv>, body: Uint8Array) => SignedDelivery;
  /** Does what it asks for. What is done under its `id` once is not done again. */
  readonly act: (c: Context<EdgeEnv>, workspace: string, delivery: SignedDelivery) => Promise<Outcome>;
}

/** Answers a delivery, and notes that it came and how it was answered. */
export async function receiveWebhook(c: Context<EdgeEnv>, receiver: Receiver): Promise<Response> {
  const workspace = c.req.param('ws') ?? '';
  if (!isWorkspaceSlug(workspace)) {
    throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
  }
  const { source, nameOf } = receiver;
  const noted = { source, deliveryId: nameOf(c), isSigned: false, isRepeated: false };
  const note = (status: number, more: { code?: string; detail?: string; changeId?: string }) =>
    noteReceived(c.env.edge.database, workspace, {
      ...noted,
      status,
      code: null,
      detail: null,
      changeId: null,
      ...more,
    }).catch((error: unknown) => {
      // The answer is what counts; without Postgres there is none but 503 anyway.
      console.error(JSON.stringify({ event: 'webhook_not_noted', workspace, error: String(error) }));
    });
  try {
    const body = await readBytes(c.req.raw);
    const delivery = receiver.verify(c, body);
    noted.isSigned = true;
    c.set('actor', { kind: 'webhook', id: delivery.name });
    const { isNew, refusal } = await takeDelivery(c.env.edge.database, workspace, source, delivery.id);
    noted.isRepeated = !isNew;
    if (refusal) throw refusal;
    const { answer, ignored } = await actOnce(c, workspace, receiver, delivery);
    const changeId = /\/changes\/([^/]+)$/.exec(answer.headers.get('Location') ?? '')?.[1];
    await note(answer.status, {
      ...(ignored === undefined ? {} : { code: 'ignored', detail: ignored }),
      ...(changeId === undefined ? {} : { changeId }),
    });
    return answer;
  } catch (error) {
    const failure = failureOf(error);
    const code = failure?.code ?? 'internal_error';
    await note(PROBLEMS[code][0], { code, ...(failure ? { detail: failure.message } : {}) });
    throw error;
  }
}

/** Keeps what a delivery was refused for, where that is for what it says. */
async function actOnce(
  c: Context<EdgeEnv>,
  workspace: string,
  { source, keepsRefusals, act }: Receiver,
  delivery: SignedDelivery,
): Promise<Outcome> {
  try {
    return await act(c, workspace, delivery);
  } catch (error) {
    const isFinal = keepsRefusals && error instanceof Failure && PROBLEMS[error.code][0] < 500;
    if (isFinal) await keepRefusal(c.env.edge.database, source, delivery.id, error);
    throw error;
  }
}
