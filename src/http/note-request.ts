import { createMiddleware } from 'hono/factory';
import { answeringRoute } from './answering-route.ts';
import type { EdgeEnv } from './edge.ts';

/** Notes what a request came to. The clock of a Worker stands still but while it waits for others. */
export const noteRequest = createMiddleware<EdgeEnv>(async (c, next) => {
  const began = performance.now();
  await next();
  const { telemetry } = c.env.edge;
  telemetry.note({
    kind: 'request',
    requestId: c.get('requestId'),
    method: c.req.method,
    route: answeringRoute(c)?.path ?? 'none',
    path: c.req.path,
    status: c.res.status,
    seconds: (performance.now() - began) / 1000,
  });
});
