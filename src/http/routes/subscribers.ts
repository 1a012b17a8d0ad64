import { createHash, randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { listMessages, MESSAGE_STATUSES, redeliver } from '../../catalog/sent-messages.ts';
import {
  changeSubscriber,
  createSubscriber,
  deleteSubscriber,
  findRequested,
  findSubscriber,
  listSubscribers,
  rotateSecret,
  type Subscriber,
} from '../../catalog/subscribers.ts';
import { Failure } from '../../failure.ts';
import { byOf } from '../access/by.ts';
import { readJson } from '../body.ts';
import type { EdgeEnv } from '../edge.ts';
import { idempotencyKey } from '../headers.ts';
import { pageOf, pageQuery } from '../paging.ts';
import { parseOverlap, parsePatch, parseSubscriber } from '../webhooks/parse-subscriber.ts';

const workspaceOf = (c: Context<EdgeEnv>) => c.req.param('ws') ?? '';
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

/** Who is told of changes and records by webhooks. A secret is answered once, when it is made. */
export const subscribers = new Hono<EdgeEnv>()
  .get('/', async (c) => {
    const data = await listSubscribers(c.env.edge.database, workspaceOf(c));
    return c.json({ data, page: { limit: data.length, next: null } });
  })
  .post('/', async (c) => {
    const { database, errands, webhooks } = c.env.edge;
    const { value, text } = await readJson(c);
    const input = parseSubscriber(value, webhooks.addresses);
    const bodyHash = createHash('sha256').update(text).digest('hex');
    const request = { idempotencyKey: idempotencyKey(c), bodyHash };
    const known = await findRequested(database, workspaceOf(c), request);
    if (known) return answerCreated(c, known, null);
    const secret = newSecret();
    const created = await createSubscriber(database, workspaceOf(c), input, secret, request, byOf(c));
    if (created) {
      await errands.send({ subscriber: created.id });
      return answerCreated(c, created, secret);
    }
    // Another request with this key was quicker.
    const winner = await findRequested(database, workspaceOf(c), request);
    if (winner) return answerCreated(c, winner, null);
    throw new Failure('unknown_workspace', `there is no workspace ${workspaceOf(c)}`);
  })
  .get('/:id', async (c) =>
    c.json(await findSubscriber(c.env.edge.database, workspaceOf(c), c.req.param('id'))),
  )
  .patch('/:id', async (c) => {
    const { database, errands, webhooks } = c.env.edge;
    const patch = parsePatch((await readJson(c)).value, webhooks.addresses);
    const changed = await changeSubscriber(database, workspaceOf(c), c.req.param('id'), patch, byOf(c));
    await errands.send({ subscriber: changed.id });
    return c.json(changed);
  })
  .delete('/:id', async (c) => {
    await deleteSubscriber(c.env.edge.database, workspaceOf(c), c.req.param('id'), byOf(c));
    return c.body(null, 204);
  })
  .post('/:id/rotate', async (c) => {
    const { database } = c.env.edge;
    const id = c.req.param('id');
    const hasBody = c.req.header('Content-Length') !== '0' && c.req.raw.body !== null;
    const overlap = parseOverlap(hasBody ? (await readJson(c)).value : {});
    const secret = newSecret();
    await rotateSecret(database, workspaceOf(c), id, secret, overlap, byOf(c));
    return c.json({ ...(await findSubscriber(database, workspaceOf(c), id)), secret });
  })
  .get('/:id/deliveries', async (c) => {
    const { limit, before } = pageQuery(c);
    const status = statusOf(c.req.query('status'));
    const query = { limit: limit + 1, before, status };
    const found = await listMessages(c.env.edge.database, workspaceOf(c), c.req.param('id'), query);
    const { data, page } = pageOf(found, limit, ({ n }) => n);
    return c.json({ data: data.map(({ message }) => message), page });
  })
  .post('/:id/deliveries/:delivery/redeliver', async (c) => {
    const { database, errands } = c.env.edge;
    const { id, delivery } = c.req.param();
    await redeliver(database, workspaceOf(c), id, delivery, byOf(c));
    await errands.send({ subscriber: id });
    return c.json({ id: delivery, status: 'pending' }, 202);
  });

/** A request that is repeated is not told the secret again. */
function answerCreated(c: Context<EdgeEnv>, subscriber: Subscriber, secret: string | null): Response {
  const location = `/v1/${workspaceOf(c)}/webhooks/subscribers/${subscriber.id}`;
  return c.json({ ...subscriber, secret }, 201, { Location: location });
}

function statusOf(text: string | undefined): (typeof MESSAGE_STATUSES)[number] | null {
  if (text === undefined) return null;
  const status = MESSAGE_STATUSES.find((known) => known === text);
  if (status) return status;
  const message = `must be ${MESSAGE_STATUSES.join(', ')}`;
  throw new Failure('invalid_query', `status: ${message}`, {
    errors: [{ path: 'status', code: 'invalid_value', message }],
  });
}
