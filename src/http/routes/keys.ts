import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { keyField } from '../../catalog/key-state.ts';
import { createKey, revokeKey, rotateKey } from '../../catalog/keys.ts';
import { modelIdsOf } from '../../catalog/model-ids.ts';
import { keyReused, type Repeatable } from '../../catalog/repeatable.ts';
import {
  findKey,
  findKeyRequest,
  type KeptKey,
  listKeys,
  type RequestedKey,
  type ShownKey,
} from '../../catalog/shown-key.ts';
import { Failure } from '../../failure.ts';
import { hashKey, makeKey } from '../access/api-key.ts';
import { byOf } from '../access/by.ts';
import { type AskedKey, parseKey, parseRotation } from '../access/parse-key.ts';
import { readJson } from '../body.ts';
import type { EdgeEnv } from '../edge.ts';
import { repeatable } from '../repeatable.ts';
import { tellRedis } from '../tell-redis.ts';

type KeyContext = Context<EdgeEnv>;

/** For how long a request that is repeated is answered with the key that it made. */
const ANSWERED_AGAIN_MS = 24 * 3600 * 1000;

const workspaceOf = (c: KeyContext) => c.req.param('ws') ?? '';

/** API keys. A key itself is in the answer to the request that makes it, and nowhere else. */
export const keys = new Hono<EdgeEnv>()
  .get('/', async (c) => {
    const data = await listKeys(c.env.edge.database, workspaceOf(c));
    return c.json({ data, page: { limit: data.length, next: null } });
  })
  .post('/', postKey)
  .get('/:id', async (c) =>
    c.json((await findKey(c.env.edge.database, workspaceOf(c), c.req.param('id'))).shown),
  )
  .delete('/:id', async (c) => {
    const revoked = await revokeKey(c.env.edge.database, workspaceOf(c), c.req.param('id'), byOf(c));
    if (await tellRedis(c, workspaceOf(c), statesOf(revoked))) return c.body(null, 204);
    throw new Failure(
      'redis_unavailable',
      'the key is revoked, and writes nothing more; until Redis can be reached it may still read: repeat this',
    );
  })
  .post('/:id/rotate', rotate);

async function postKey(c: KeyContext): Promise<Response> {
  const { database } = c.env.edge;
  const { value, text } = await readJson(c);
  const asked = parseKey(value);
  assertMayGive(c, asked);
  // What has the names of models is limited to them, whatever they will be called.
  const models = asked.models && [...(await modelIdsOf(database, workspaceOf(c), asked.models)).values()];
  const { key, request, ...made } = newKey(c, text);
  const kept = await createKey(database, workspaceOf(c), { ...asked, ...made, models }, request, byOf(c));
  if (!kept) return answerRepeated(c, request);
  await tellRedis(c, workspaceOf(c), statesOf(kept));
  return answerKey(c, kept.shown, key);
}

async function rotate(c: KeyContext): Promise<Response> {
  const { database } = c.env.edge;
  const { value, text } = await readJson(c, orNothing);
  const { overlapSeconds } = parseRotation(value);
  const { shown } = await findKey(database, workspaceOf(c), c.req.param('id') ?? '');
  assertMayGive(c, shown);
  const { key, request, ...made } = newKey(c, text);
  const rotation = { ...made, overlapSeconds };
  const rotated = await rotateKey(database, workspaceOf(c), shown.id, rotation, request, byOf(c));
  if (rotated) {
    await tellRedis(c, workspaceOf(c), statesOf(...rotated));
    return answerKey(c, rotated[1].shown, key);
  }
  const first = await findRequested(c, request);
  if (first) return answerAgain(c, first);
  const { rotatedTo, status } = (await findKey(database, workspaceOf(c), shown.id)).shown;
  const message = rotatedTo
    ? `the key was rotated already: ${rotatedTo} takes its place`
    : `the key is ${status}: make a new one`;
  throw new Failure('not_rotatable', message, { data: { rotatedTo } });
}

/** A key that is to be, and the request that asks for it. */
function newKey(c: KeyContext, text: string) {
  const seed = randomBytes(32).toString('hex');
  const key = makeKey(c.env.edge.rootToken, seed);
  return { key, id: crypto.randomUUID(), hash: hashKey(key), request: { ...repeatable(c, text), seed } };
}

async function answerRepeated(c: KeyContext, request: Repeatable): Promise<Response> {
  const first = await findRequested(c, request);
  if (first) return answerAgain(c, first);
  throw new Failure('unknown_workspace', `there is no workspace ${workspaceOf(c)}`);
}

/** What the same request made before; null where none did. Throws where it was another. */
async function findRequested(
  c: KeyContext,
  { idempotencyKey, bodyHash }: Repeatable,
): Promise<RequestedKey | null> {
  if (idempotencyKey === null) return null;
  const first = await findKeyRequest(c.env.edge.database, workspaceOf(c), idempotencyKey);
  if (first && first.bodyHash !== bodyHash) throw keyReused();
  return first;
}

/** For a day, who made a key is answered as the first time; then, it is as if the answer were lost. */
function answerAgain(c: KeyContext, { shown, hash, seed }: RequestedKey): Response {
  const isFresh = Date.now() - Date.parse(shown.createdAt) < ANSWERED_AGAIN_MS;
  const again = isFresh && seed !== null && isBy(c, shown) ? makeKey(c.env.edge.rootToken, seed) : null;
  // Made under another root token, it is another key.
  return answerKey(c, shown, again !== null && hashKey(again) === hash ? again : null);
}

function isBy(c: KeyContext, { createdBy }: ShownKey): boolean {
  const actor = c.get('actor');
  if (actor.kind !== 'key') return createdBy.kind === actor.kind;
  return createdBy.kind === 'key' && createdBy.id === actor.id;
}

function answerKey(c: KeyContext, shown: ShownKey, key: string | null): Response {
  const location = `/v1/${workspaceOf(c)}/keys/${shown.id}`;
  const detail = `this key was answered once, and is kept nowhere: where it was lost, POST ${location}/rotate makes another that takes its place`;
  return c.json({ ...shown, key, ...(key === null ? { detail } : {}) }, 201, { Location: location });
}

/** A body that says nothing may be left out. */
function orNothing(text: string): unknown {
  return text.trim() === '' ? {} : JSON.parse(text);
}

/** A key gives no more than it has: else whoever has `keys:admin` would have everything. */
function assertMayGive(c: KeyContext, { scopes }: Pick<AskedKey, 'scopes'>): void {
  const grant = c.get('key')?.grant;
  const scope = grant && scopes.find((one) => !grant.scopes.includes(one));
  if (scope === undefined) return;
  throw new Failure('insufficient_scope', `this key has not the scope ${scope}, and so cannot give it`, {
    data: { scope },
  });
}

function statesOf(...told: readonly KeptKey[]): readonly (readonly [field: string, text: string])[] {
  return told.map(({ hash, state }) => [keyField(hash), state]);
}
