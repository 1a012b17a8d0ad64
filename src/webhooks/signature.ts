/**
 * Signatures of webhooks: those of Standard Webhooks, over `id.timestamp.body`, and GitHub's, over the body alone. Both
 * are HMAC-SHA256 of the raw bytes. Pure.
 */
import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';

/** The keys that are valid now: one, or two while one takes the place of the other. None: nothing is accepted. */
export type SigningKeys = readonly Uint8Array[];

/** What a delivery by Standard Webhooks says of itself in its headers. */
export interface SignedMessage {
  readonly id: string;
  /** Seconds since the epoch, as they were sent. */
  readonly timestamp: string;
  readonly body: Uint8Array;
}

const PREFIX = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Of a text such as `whsec_MfKQ…`, or two of them with a space between. What is no secret is left out. */
export function parseSigningKeys(text: string): SigningKeys {
  return secretsOf(text).flatMap((secret) => {
    const encoded = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
    const key = BASE64.test(encoded) ? Buffer.from(encoded, 'base64') : Buffer.alloc(0);
    return key.length === 0 ? [] : [key];
  });
}

/** The same for secrets that are keys as they stand: GitHub's. */
export function plainKeys(text: string): SigningKeys {
  return secretsOf(text).map((secret) => new TextEncoder().encode(secret));
}

function secretsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((secret) => secret !== '');
}

/** `v1,…`, as the header `webhook-signature` has it. */
export function sign(key: Uint8Array, message: SignedMessage): string {
  return `v1,${macOf(key, message).toString('base64')}`;
}

/** Whether one of the signatures in a header `webhook-signature` was made by one of the keys. */
export function isSigned(keys: SigningKeys, header: string, message: SignedMessage): boolean {
  const given = header
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'));
  return keys.some((key) => {
    const wanted = macOf(key, message);
    return given.some((mac) => isSame(mac, wanted));
  });
}

/** The same for a header `X-Hub-Signature-256`. */
export function isSignedByGitHub(keys: SigningKeys, header: string, body: Uint8Array): boolean {
  const hex = /^sha256=([0-9a-f]{64})$/.exec(header)?.[1];
  if (hex === undefined) return false;
  const given = Buffer.from(hex, 'hex');
  return keys.some((key) => isSame(given, createHmac('sha256', key).update(body).digest()));
}

function macOf(key: Uint8Array, { id, timestamp, body }: SignedMessage): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

/** In constant time: how long a signature is, is no secret. */
function isSame(given: Uint8Array, wanted: Uint8Array): boolean {
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
