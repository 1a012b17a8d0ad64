import { timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { findKeyState, grantOf } from '../../catalog/key-state.ts';
import { Failure } from '../../failure.ts';
import { answeringRoute } from '../answering-route.ts';
import type { EdgeEnv } from '../edge.ts';
import { ACCESS, type Access } from './access.ts';
import { hashKey, isKey } from './api-key.ts';
import { assertGranted } from './assert-granted.ts';
import { invalidToken, PresentedKey } from './presented-key.ts';

const encoder = new TextEncoder();

/**
 * Asks for a token (RFC 6750): the root token, compared in constant time, or an API key of the workspace that the
 * address names, with what the route asks of one. Nothing is answered to a key that was not proven to be valid.
 */
export const authenticate = createMiddleware<EdgeEnv>(async (c, next) => {
  const access = accessOf(c);
  if (access?.kind === 'open') return next();
  const header = c.req.header('Authorization') ?? '';
  const token = /^Bearer +([^\s]+) *$/i.exec(header)?.[1];
  if (token === undefined) {
    throw new Failure('unauthorized', 'send the header Authorization: Bearer TOKEN');
  }
  if (isSame(token, c.env.edge.rootToken)) {
    c.set('actor', { kind: 'root' });
    return next();
  }
  // What has not the form of a key is none: nobody need be asked.
  if (!isKey(token)) throw invalidToken();
  const hash = hashKey(token);
  if (access?.kind === 'root') throw await refuseOfRoot(c, hash);
  const workspace = /^\/v1\/([a-z][a-z0-9-]*)(?=\/|$)/.exec(c.req.path)?.[1];
  if (workspace === undefined) throw invalidToken();
  return withKey(c, new PresentedKey(c.env.edge, workspace, hash), access, next);
});

async function withKey(
  c: Context<EdgeEnv>,
  key: PresentedKey,
  access: (Access & { readonly kind: 'key' }) | undefined,
  next: () => Promise<void>,
): Promise<void> {
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
  // What this isolate has met may begin: its statement, or the command of its heads, asks for the key as well.
  const grant = (access?.isProven && key.grant) || (await key.prove(isRead));
  c.set('key', key);
  c.set('actor', { kind: 'key', id: grant.id, label: grant.label });
  try {
    if (access) await assertGranted(c, grant, access);
    await next();
  } finally {
    // Something else was in the way before it was asked for: nobody but the holder of a valid key hears of that.
    if (!key.isProven) await key.prove(isRead);
  }
  c.executionCtx.waitUntil(key.noteUse().catch(ignoreFailure));
}

/** The route that will answer; undefined where there is none. */
function accessOf(c: Context<EdgeEnv>): Access | undefined {
  const route = answeringRoute(c);
  if (!route) return undefined;
  const access = ACCESS[`${route.method} ${route.path}`];
  if (!access)
    throw new TypeError(`${route.method} ${route.path} is missing from the list of what routes ask for`);
  return access;
}

/** A key that is valid, wherever, is told that this is not for keys. */
async function refuseOfRoot(c: Context<EdgeEnv>, hash: string): Promise<Failure> {
  const state = await findKeyState(c.env.edge.database, null, hash);
  if (state === null || !grantOf(state, Date.now())) return invalidToken();
  return new Failure('insufficient_scope', 'this asks for the root token: no API key may do it', {
    data: { scope: 'root' },
  });
}

function ignoreFailure(error: unknown): void {
  console.warn(JSON.stringify({ event: 'key_use_not_noted', error: String(error) }));
}

function isSame(given: string, wanted: Uint8Array): boolean {
  const bytes = encoder.encode(given);
  // Of another length, it is compared with itself, so that the time tells nothing but the length.
  const isAsLong = bytes.length === wanted.length;
  return timingSafeEqual(bytes, isAsLong ? wanted : bytes) && isAsLong;
}
