import { Failure } from '../failure.ts';

/** What a request that is sent again is known by. */
export interface Repeatable {
  /** Null where it is not to be known. */
  readonly idempotencyKey: string | null;
  /** Of what it asks for. */
  readonly bodyHash: string;
}

/** The answer to a request that has the `Idempotency-Key` of another one. */
export function keyReused(): Failure {
  return new Failure(
    'idempotency_key_reused',
    'this Idempotency-Key was used for another request: take a new one',
  );
}
