import { type Grant, grantOf } from '../../catalog/key-state.ts';

interface KnownKey {
  readonly state: string;
  readonly grant: Grant;
  /** When its use was last noted; milliseconds since the epoch. */
  notedAt: number;
}

const MAX_KEPT = 5000;
const NOTED_EVERY_MS = 60_000;

/**
 * The keys that an isolate has met. What a key may do never changes, so that a request that has yet to hear whether it
 * is still valid may begin; whether it is, is asked for each request.
 */
export class KnownKeys {
  readonly #keys = new Map<string, KnownKey>();

  get(workspace: string, hash: string): Grant | undefined {
    return this.#keys.get(`${workspace}/${hash}`)?.grant;
  }

  /** What a state grants at this moment, kept; null: nothing, and forgotten. */
  hear(workspace: string, hash: string, state: string): Grant | null {
    const name = `${workspace}/${hash}`;
    const known = this.#keys.get(name);
    const grant = grantOf(state, Date.now());
    if (!grant) this.#keys.delete(name);
    else if (known?.state !== state) {
      if (this.#keys.size >= MAX_KEPT) this.#keys.clear();
      this.#keys.set(name, { state, grant, notedAt: known?.notedAt ?? 0 });
    }
    return grant;
  }

  forget(workspace: string, hash: string): void {
    this.#keys.delete(`${workspace}/${hash}`);
  }

  /** Whether a use of the key is to be noted now: once a minute. */
  isToBeNoted(workspace: string, hash: string): boolean {
    const known = this.#keys.get(`${workspace}/${hash}`);
    if (!known || Date.now() - known.notedAt < NOTED_EVERY_MS) return false;
    known.notedAt = Date.now();
    return true;
  }
}
