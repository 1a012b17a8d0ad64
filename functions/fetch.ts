import type { ExecutionContext } from '@cloudflare/workers-types';
import { createApp } from '../src/http/app.ts';
import type { Edge } from '../src/http/edge.ts';
import type { Env } from './env.ts';
import { wireEdge } from './wire-edge.ts';

const app = createApp();
let edge: Edge | undefined;

/** The edge: answers HTTP requests. */
export async function handleFetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  edge ??= wireEdge(env);
  return app.fetch(request, { edge }, context);
}
