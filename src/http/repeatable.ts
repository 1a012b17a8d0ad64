import type { Context } from 'hono';
import type { Repeatable } from '../catalog/repeatable.ts';
import { digestOf } from './caching.ts';
import type { EdgeEnv } from './edge.ts';
import { idempotencyKey } from './headers.ts';

/** A request by its `Idempotency-Key`, its address, and its body or what stands for that. */
export function repeatable(c: Context<EdgeEnv>, text: string): Repeatable {
  return { idempotencyKey: idempotencyKey(c), bodyHash: bodyHashOf(c, text) };
}

export function bodyHashOf(c: Context<EdgeEnv>, text: string): string {
  return digestOf(`${c.req.method} ${c.req.path}`, text);
}
