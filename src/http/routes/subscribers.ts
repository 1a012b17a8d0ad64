import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { modelIdsOf } from '../../catalog/model-ids.ts';
import { listMessages, MESSAGE_STATUSES, redeliver } from '../../catalog/sent-messages.ts';
import {
  findRequested,
  findSubscriber,
  listSubscribers,
  type NamedModel,
  type Subscriber,
} from '../../catalog/shown-subscriber.ts';
import {
  changeSubscriber,
  createSubscriber,
  deleteSubscriber,
  rotateSecret,
} from '../../catalog/subscribers.ts';
import { Failure } from '../../failure.ts';
import { byOf } from '../access/by.ts';
import { assertMayTell, mayTell } from '../access/may-tell.ts';
import { readJson } from '../body.ts';
import type { EdgeEnv } from '../edge.ts';
import { pageOf, pageQuery } from '../paging.ts';
import { repeatable } from '../repeatable.ts';
import { parseOverlap, parsePatch, parseSubscriber } from '../webhooks/parse-subscriber.ts';

const workspaceOf = (c: Context<EdgeEnv>) => c.req.param('ws') ?? '';
const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

/**
 * Who is told of changes and records by webhooks. A secret is answered once, when it is made. A key sees and changes
 * those that it might have made itself.
 */
export const subscribers = new Hono<EdgeEnv>()
  .use('/:id/*', async (c, next) => {
    if (c.get('key')) {
      const { shown, models } = await findSubscriber(c.env.edge.database, workspaceOf(c), c.req.param('id'));
      assertMayTell(c, shown.events, models);
    }
    await next();
  })
  .get('/', async (c) => {
    const all = await listSubscribers(c.env.edge.database, workspaceOf(c));
    const data = all
      .filter(({ shown, models }) => mayTell(c, shown.events, models))
      .map(({ shown }) => shown);
    return c.json({ data, page: { limit: data.length, next: null } });
  })
  .post('/', async (c) => {
    const { database, errands, webhooks } = c.env.edge;
    const { value, text } = await readJson(c);
    const input = parseSubscriber(value, webhooks.addresses);
    const request = repeatable(c, text);
    const known = await findRequested(database, workspaceOf(c), request);
    if (known) return answerCreated(c, known, null);
    const models = input.models && (await namedModels(c, input.models));
    assertMayTell(c, input.events, models);
    const secret = newSecret();
    const created = await createSubscriber(
      database,
      workspaceOf(c),
      { ...input, models, secret },
      request,
      byOf(c),
    );
    if (created) {
      await errands.send({ subscriber: created.shown.id });
      return answerCreated(c, created, secret);
    }
    // Another request with this key was quicker.
    const winner = await findRequested(database, workspaceOf(c), request);
    if (winner) return answerCreated(c, winner, null);
    throw new Failure('unknown_workspace', `there is no workspace ${workspaceOf(c)}`);
  })
  .get('/:id', async (c) =>
    c.json((await findSubscriber(c.env.edge.database, workspaceOf(c), c.req.param('id'))).shown),
  )
  .patch('/:id', async (c) => {
    const { database, errands, webhooks } = c.env.edge;
    const id = c.req.param('id');
    const { models: names, ...patch } = parsePatch((await readJson(c)).value, webhooks.addresses);
    const models = names && (await namedModels(c, names));
    if (c.get('key')) {
      const before = await findSubscriber(database, workspaceOf(c), id);
      assertMayTell(c, patch.events ?? before.shown.events, models === undefined ? before.models : models);
    }
    const change = { ...patch, ...(models === undefined ? {} : { models }) };
    const { shown } = await changeSubscriber(database, workspaceOf(c), id, change, byOf(c));
    await errands.send({ subscriber: shown.id });
    return c.json(shown);
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
    return c.json({ ...(await findSubscriber(database, workspaceOf(c), id)).shown, secret });
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
function answerCreated(c: Context<EdgeEnv>, { shown, models }: Subscriber, secret: string | null): Response {
  assertMayTell(c, shown.events, models);
  const location = `/v1/${workspaceOf(c)}/webhooks/subscribers/${shown.id}`;
  const detail = `the secret was answered once: where it was lost, POST ${location}/rotate makes another`;
  return c.json({ ...shown, secret, ...(secret === null ? { detail } : {}) }, 201, { Location: location });
}

/** Throws `validation_failed`. */
async function namedModels(c: Context<EdgeEnv>, names: readonly string[]): Promise<readonly NamedModel[]> {
  const ids = await modelIdsOf(c.env.edge.database, workspaceOf(c), names);
  return [...ids].map(([name, id]) => ({ id, name }));
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
