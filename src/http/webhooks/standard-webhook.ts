import type { Context } from 'hono';
import { Failure } from '../../failure.ts';
import { isSigned } from '../../webhooks/signature.ts';
import { assertJson, parseJson } from '../body.ts';
import { asWritten } from '../changes/as-written.ts';
import { submitChange } from '../changes/submit-change.ts';
import type { EdgeEnv } from '../edge.ts';
import type { Receiver } from './receive-webhook.ts';

const TOLERANCE_SECONDS = 300;

/** Changes that come signed after Standard Webhooks, by who has the secret of the deployment. */
export const standardWebhook: Receiver = {
  source: 'definitions',
  keepsRefusals: true,
  nameOf: (c) => c.req.header('webhook-id') ?? null,
  verify(c, body) {
    const id = header(c, 'webhook-id', /^[\x21-\x7e]{1,255}$/);
    const timestamp = header(c, 'webhook-timestamp', /^\d{1,12}$/);
    const signature = header(c, 'webhook-signature', /^/);
    const { definitions } = c.env.edge.webhooks;
    if (definitions.length === 0) {
      throw new Failure('invalid_signature', 'no webhooks are taken here: WEBHOOK_SECRET is not set');
    }
    if (!isSigned(definitions, signature, { id, timestamp, body })) {
      throw new Failure(
        'invalid_signature',
        'no signature in webhook-signature was made by the secret of this deployment',
      );
    }
    const seconds = Math.abs(Date.now() / 1000 - Number(timestamp));
    if (seconds <= TOLERANCE_SECONDS) return { name: id, id, body };
    throw new Failure(
      'stale_delivery',
      `webhook-timestamp is ${Math.round(seconds)} s from now: sign the delivery again, for it is good for ${TOLERANCE_SECONDS} s`,
    );
  },
  async act(c, workspace, { id, body }) {
    assertJson(c);
    // With a space, which no `Idempotency-Key` has. What is repeated under an id is not looked at again.
    const submission = { workspace, text: id, key: `webhook ${id}` };
    const answer = await asWritten(parseJson(body).value, (request) =>
      submitChange(c, { ...submission, request }),
    );
    return { answer };
  },
};

/** What is missing was not signed; what has another form could not have been. */
function header(c: Context<EdgeEnv>, name: string, form: RegExp): string {
  const value = c.req.header(name);
  if (value === undefined) {
    throw new Failure(
      'invalid_signature',
      `the header ${name} is missing: sign deliveries after Standard Webhooks`,
    );
  }
  if (form.test(value)) return value;
  throw new Failure('invalid_header', `the header ${name} is not what Standard Webhooks says`);
}
