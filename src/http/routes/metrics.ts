import { Hono } from 'hono';
import type { EdgeEnv } from '../edge.ts';

/** The numbers of the isolate that answers, for Prometheus. */
export const metrics = new Hono<EdgeEnv>().get('/', (c) =>
  c.body(c.env.edge.metrics(), 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }),
);
