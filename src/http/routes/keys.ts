import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { keyField } from '../../catalog/key-state.ts';
import { createKey, revokeKey, rotateKey } from '../../catalog/keys.ts';
import { modelIdsOf } from '../../catalog/model-ids.ts';
import { findKey, findKeyRequest, type KeptKey, listKeys, type ShownKey } from '../../catalog/shown-key.ts';
import { Failure } from '../../failure.ts';
import { hashKey, makeKey } from '../access/api-key.ts';
import { byOf } from '../access/by.ts';
import { type AskedKey, parseKey, parseRotation } from '../access/parse-key.ts';
import { readJson } from '../body.ts';
import type { EdgeEnv } from '../edge.ts';
import { idempotencyKey } from '../headers.ts';
import { tellRedis } from '../tell-redis.ts';

type KeyContext = Context<EdgeEnv>;

const workspaceOf = (c: KeyContext) => c.req.param('ws') ?? '';

/** API keys. A key itself is in the answer that it is made by, and nowhere after. */
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
  .post('/:id/rotate', async (c) => {
    const { database } = c.env.edge;
    const { overlapSeconds } = parseRotation((await readJson(c, orNothing)).value);
    const { shown } = await findKey(database, workspaceOf(c), c.req.param('id'));
    assertMayGive(c, shown);
    const key = makeKey();
    const rotation = { id: crypto.randomUUID(), hash: hashKey(key), overlapSeconds };
    const [old, next] = await rotateKey(database, workspaceOf(c), shown.id, rotation, byOf(c));
    await tellRedis(c, workspaceOf(c), statesOf(old, next));
    return answerKey(c, next.shown, key);
  });

async function postKey(c: KeyContext): Promise<Response> {
  const { database } = c.env.edge;
  const { value, text } = await readJson(c);
  const asked = parseKey(value);
  assertMayGive(c, asked);
  const request = {
    idempotencyKey: idempotencyKey(c),
    bodyHash: createHash('sha256').update(text).digest('hex'),
  };
  // What has the names of models is limited to them, whatever they will be called.
  const models = asked.models && [...(await modelIdsOf(database, workspaceOf(c), asked.models)).values()];
  const key = makeKey();
  const wanted = { ...asked, id: crypto.randomUUID(), hash: hashKey(key), models };
  const kept = await createKey(database, workspaceOf(c), wanted, request, byOf(c));
  if (kept) {
    await tellRedis(c, workspaceOf(c), statesOf(kept));
    return answerKey(c, kept.shown, key);
  }
  const first = await findKeyRequest(database, workspaceOf(c), request.idempotencyKey ?? '');
  if (first?.bodyHash === request.bodyHash) return answerKey(c, first.shown, null);
  throw new Failure(
    'idempotency_key_reused',
    'this Idempotency-Key was used for another request: take a new one',
  );
}

function answerKey(c: KeyContext, shown: ShownKey, key: string | null): Response {
  return c.json({ ...shown, key }, 201, { Location: `/v1/${workspaceOf(c)}/keys/${shown.id}` });
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
