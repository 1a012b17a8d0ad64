import type { ChangeQueue, Database, HeadStore } from '../ports.ts';
import type { Registry } from '../registry/registry.ts';

/** What a route works with; wired by `functions/`, one per isolate, free of any request's promises. */
export interface Edge {
  readonly database: Database;
  readonly heads: HeadStore;
  readonly registry: Registry;
  readonly queue: ChangeQueue;
  readonly rootToken: string;
  /** Days that something dropped stays in the trash. */
  readonly trashRetentionDays: number;
}

/** The hono environment of every route. */
export interface EdgeEnv {
  Variables: {
    readonly edge: Edge;
    /** The `{ws}` of the path. */
    readonly workspace: string;
    readonly requestId: string;
  };
}
