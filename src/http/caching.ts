import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { EdgeEnv } from './edge.ts';
import { entityTags } from './headers.ts';

/**
 * What may be kept of answers. A read has an ETag that is made of the very text that is answered, whatever led to it,
 * so that nothing can be stale: a client may keep it and asks at each use. Nothing is right for longer, not even what
 * was published once: names of models, in addresses and in definitions, may come to mean others. All else is not kept.
 */
export const cacheControl = createMiddleware<EdgeEnv>(async (c, next) => {
  await next();
  const { headers } = c.res;
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
  const mayBeKept = isRead && headers.has('ETag');
  if (mayBeKept) headers.append('Vary', 'Authorization');
  if (!headers.has('Cache-Control')) {
    headers.set('Cache-Control', mayBeKept ? 'private, no-cache' : 'no-store');
  }
});

/** Of a text as clients get it, and what else tells it from others. */
export function digestOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

/** The answer to a read, unless the client has what the tag names: `"STRONG"`, or `W/"WEAK"`. */
export function answerRead(
  c: Context<EdgeEnv>,
  tag: string,
  body: string,
  contentType = 'application/json',
): Response {
  c.header('ETag', tag);
  const known = entityTags(c, 'If-None-Match');
  const opaque = tag.replace(/^W\/|"/g, '');
  if (known?.some((one) => one === '*' || one === opaque)) return c.body(null, 304);
  return c.body(body, 200, { 'Content-Type': contentType });
}

/** The same by a tag of the text and of the definitions that it was made by. */
export function answerText(
  c: Context<EdgeEnv>,
  hashes: Readonly<Record<string, string>>,
  body: string,
  contentType?: string,
): Response {
  const tag = `W/"${digestOf(...Object.values(hashes), body).slice(0, 32)}"`;
  return answerRead(c, tag, body, contentType);
}
