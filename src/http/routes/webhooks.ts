import { Hono } from 'hono';
import { listReceived } from '../../catalog/received-webhooks.ts';
import type { EdgeEnv } from '../edge.ts';
import { pageOf, pageQuery } from '../paging.ts';
import { githubWebhook } from '../webhooks/github-webhook.ts';
import { receiveWebhook } from '../webhooks/receive-webhook.ts';
import { standardWebhook } from '../webhooks/standard-webhook.ts';

/** Where others send to. They sign what they send, and need no token. */
export const webhooksIn = new Hono<EdgeEnv>()
  .post('/definitions', (c) => receiveWebhook(c, standardWebhook))
  .post('/github', (c) => receiveWebhook(c, githubWebhook));

/** What came in. */
export const webhooks = new Hono<EdgeEnv>().get('/deliveries', async (c) => {
  const { limit, before } = pageQuery(c);
  const found = await listReceived(c.env.edge.database, c.req.param('ws') ?? '', limit + 1, before);
  return c.json(pageOf(found, limit, ({ id }) => id));
});
