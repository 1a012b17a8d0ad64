import type { RequestIdVariables } from 'hono/request-id';
import type { Actor } from '../catalog/audit.ts';
import type { Finding } from '../doctor/finding.ts';
import type { ChangeQueue, Database, DatabaseSession, ErrandQueue, HeadStore, Repository } from '../ports.ts';
import type { Registry } from '../registry/registry.ts';
import type { Telemetry } from '../telemetry.ts';
import type { AddressRules } from '../webhooks/outside-address.ts';
import type { SigningKeys } from '../webhooks/signature.ts';
import type { KnownKeys } from './access/known-keys.ts';
import type { PresentedKey } from './access/presented-key.ts';

/** What a route works with; wired by `functions/`, one per isolate, free of any request's promises. */
export interface Edge {
  readonly database: Database;
  /** A session of the edge's own role, for one request: a transaction of many statements. */
  readonly connect: () => Promise<DatabaseSession>;
  readonly heads: HeadStore;
  readonly registry: Registry;
  readonly keys: KnownKeys;
  /** Called where Redis lacks what the catalog has. */
  readonly headMissing: (workspace: string) => Promise<void>;
  readonly queue: ChangeQueue;
  readonly errands: ErrandQueue;
  /** Its bytes in UTF-8. */
  readonly rootToken: Uint8Array;
  readonly webhooks: WebhookSettings;
  readonly telemetry: Telemetry;
  /** Looks at every part of the deployment. */
  readonly examine: () => Promise<readonly Finding[]>;
  /** The numbers of this isolate, in the text format of Prometheus. */
  readonly metrics: () => string;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** By which secrets webhooks are taken, by none without any; and where to they may be sent. */
export interface WebhookSettings {
  readonly definitions: SigningKeys;
  readonly addresses: AddressRules;
  readonly github: GitHubWebhooks;
}

/** What is done with pushes to GitHub. */
export interface GitHubWebhooks {
  readonly keys: SigningKeys;
  /** The branch that is followed; null: the default branch of the repository. */
  readonly branch: string | null;
  /** The folder of definitions, without a slash at its ends. */
  readonly folder: string;
  /** Whether what a push takes away is dropped, and the push the confirmation of what is lost. */
  readonly prune: boolean;
  /** Where files are read from; null where a push has to carry them. */
  readonly repository: Repository | null;
}

/** The hono environment of every route. */
export interface EdgeEnv {
  Bindings: { readonly edge: Edge };
  /** The request's id is the client's, if it sent `X-Request-Id`; else Cloudflare's. */
  Variables: RequestIdVariables & {
    /** Who acts: known behind `authenticate`, or once a signature was verified. */
    actor: Actor;
    /** The API key that the request came with; undefined where it came with the root token. */
    key?: PresentedKey;
  };
}
