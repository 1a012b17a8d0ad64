import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { Failure } from '../failure.ts';
import type { EdgeEnv } from './edge.ts';
import { idempotencyKey } from './headers.ts';

/** What a request that is sent again is known by. */
export interface Repeatable {
  /** Null where it is not to be known. */
  readonly idempotencyKey: string | null;
  /** Of what it asks for. */
  readonly bodyHash: string;
}

/** A request by its `Idempotency-Key`, its address, and its body or what stands for that. */
export function repeatable(c: Context<EdgeEnv>, text: string): Repeatable {
  return { idempotencyKey: idempotencyKey(c), bodyHash: bodyHashOf(c, text) };
}

export function bodyHashOf(c: Context<EdgeEnv>, text: string): string {
  return createHash('sha256').update(`${c.req.method} ${c.req.path}\n${text}`).digest('hex');
}

/** The answer to a request that has the `Idempotency-Key` of another one. */
export function keyReused(): Failure {
  return new Failure(
    'idempotency_key_reused',
    'this Idempotency-Key was used for another request: take a new one',
  );
}
