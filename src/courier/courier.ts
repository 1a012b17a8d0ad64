/** Tells subscribers what happened: takes events into the outbox and sends what is in it. Called by a queue of its own. */
import type { DatabaseSession, ErrandQueue, Outside } from '../ports.ts';
import type { AddressRules } from '../webhooks/outside-address.ts';

/** What the courier works with; wired by `functions/`. */
export interface Courier {
  /** Opens a direct connection of the migrator's role. */
  readonly connect: () => Promise<DatabaseSession>;
  readonly queue: ErrandQueue;
  readonly outside: Outside;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly addresses: AddressRules;
  /** The pauses after the first attempt, the second and so on; after as many and one more, a message is dead. */
  readonly retrySeconds: readonly number[];
  /** After so many attempts without one that succeeded, a subscriber is paused. */
  readonly pauseAfter: number;
  /** How often events of records are looked for. */
  readonly pollSeconds: number;
  /** How long one invocation works before it sends itself a message to go on. */
  readonly sliceMilliseconds: number;
}
