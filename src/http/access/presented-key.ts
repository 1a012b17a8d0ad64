import { findKeyState, type Grant, keyField, noteKeyUse } from '../../catalog/key-state.ts';
import { Failure } from '../../failure.ts';
import type { Database } from '../../ports.ts';
import { fencedByKey, watchedByKey } from '../../records/key-fence.ts';
import type { Pass } from '../../registry/pass.ts';
import type { Registry } from '../../registry/registry.ts';
import type { KnownKeys } from './known-keys.ts';

/** What a key is asked about with. */
export interface KeyPorts {
  readonly database: Database;
  readonly registry: Registry;
  readonly keys: KnownKeys;
  readonly headMissing: (workspace: string) => Promise<void>;
}

/** The API key of one request: what it may do, and whether it was proven that it is valid at this moment. */
export class PresentedKey implements Pass {
  readonly field: string;
  readonly #edge: KeyPorts;
  readonly #workspace: string;
  readonly #hash: string;
  #isProven = false;

  constructor(edge: KeyPorts, workspace: string, hash: string) {
    this.#edge = edge;
    this.#workspace = workspace;
    this.#hash = hash;
    this.field = keyField(hash);
  }

  /** Undefined: this isolate has not met it. */
  get grant(): Grant | undefined {
    return this.#edge.keys.get(this.#workspace, this.#hash);
  }

  /** Whether Redis or Postgres said, since the request began, that it is valid. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** What Redis says. Where it holds nothing, or is down, the catalog is asked. Throws `unauthorized`. */
  async hear(state: string | null): Promise<void> {
    if (state !== null) return this.#judge(state);
    await this.#askCatalog();
    await this.#edge.headMissing(this.#workspace);
  }

  /**
   * Asks whether it is valid: Redis, for what only reads, else the catalog, for Redis may lag behind. Throws
   * `unauthorized`.
   */
  async prove(isRead: boolean): Promise<Grant> {
    if (isRead) await this.#edge.registry.ask(this.#workspace, this);
    else await this.#askCatalog();
    const { grant } = this;
    if (!grant) throw invalidToken();
    return grant;
  }

  /** A database whose fenced statements ask for the key as well. */
  fenced(database: Database): Database {
    return fencedByKey(database, this.#hash, () => {
      this.#isProven = true;
    });
  }

  /** A database for what goes on behind the answer: each of its queries fails once the key is no longer valid. */
  watched(database: Database): Database {
    return watchedByKey(database, this.#hash);
  }

  /** To be called once a minute and isolate; nobody waits for it. */
  async noteUse(): Promise<void> {
    const { database, keys } = this.#edge;
    const { grant } = this;
    if (grant && keys.isToBeNoted(this.#workspace, this.#hash)) await noteKeyUse(database, grant.id);
  }

  async #askCatalog(): Promise<void> {
    const state = await findKeyState(this.#edge.database, this.#workspace, this.#hash);
    if (state !== null) return this.#judge(state);
    this.#edge.keys.forget(this.#workspace, this.#hash);
    throw invalidToken();
  }

  #judge(state: string): void {
    if (!this.#edge.keys.hear(this.#workspace, this.#hash, state)) throw invalidToken();
    this.#isProven = true;
  }
}

/** The same whatever the reason: of another workspace, revoked, expired, or never made. */
export function invalidToken(): Failure {
  return new Failure('unauthorized', 'this token is not valid');
}
