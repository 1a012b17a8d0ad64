import { timingSafeEqual } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import { Failure } from '../failure.ts';
import type { EdgeEnv } from './edge.ts';

const encoder = new TextEncoder();

/** Asks for the root token (RFC 6750), compared in constant time. */
export const authenticate = createMiddleware<EdgeEnv>(async (c, next) => {
  const header = c.req.header('Authorization') ?? '';
  const token = /^Bearer +([^\s]+) *$/i.exec(header)?.[1];
  if (token === undefined) {
    throw new Failure('unauthorized', 'send the header Authorization: Bearer TOKEN');
  }
  if (!isSame(token, c.env.edge.rootToken)) throw new Failure('unauthorized', 'this token is not valid');
  c.set('actor', { kind: 'root' });
  await next();
});

function isSame(given: string, wanted: Uint8Array): boolean {
  const bytes = encoder.encode(given);
  // Of another length, it is compared with itself, so that the time tells nothing but the length.
  const isAsLong = bytes.length === wanted.length;
  return timingSafeEqual(bytes, isAsLong ? wanted : bytes) && isAsLong;
}
