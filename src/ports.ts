/** What the pure parts and the flows need from the world. Types only: adapters stand in `adapters/`. */

/** A row as Postgres sends it: column name to text, untouched by type parsers. Null stays null. */
export type Row = Readonly<Record<string, string | null>>;

/** One SQL statement with its parameters apart. Parameters are text, or null. */
export interface Statement {
  readonly text: string;
  readonly params: readonly (string | null)[];
}

/** Runs SQL. Throws `DatabaseError` for what Postgres reports, `DatabaseUnavailable` where it cannot be reached. */
export interface Database {
  query(statement: Statement): Promise<readonly Row[]>;
}

/** One connection that keeps its session: what the migrator uses, and what goes through many records at the edge. */
export interface DatabaseSession extends Database {
  /** Ends the connection; session locks go with it. */
  end(): Promise<void>;
}

/** Redis, as far as it is needed: an echo of the catalog. Throws `HeadStoreError` when it cannot be reached. */
export interface HeadStore {
  /** Heads by model name, and what stands beside them, in the order asked; null where Redis holds none. One command. */
  read(workspace: string, fields: readonly string[]): Promise<readonly (string | null)[]>;
  /** The JSON of a definition by its hash, or null. */
  readDefinition(hash: string): Promise<string | null>;
  /** Writes each head unless a greater one is there (invariant 2), after its definition. One atomic script. */
  publish(workspace: string, heads: readonly PublishedHead[]): Promise<void>;
  /** Writes what stands beside the heads by their rule: a text that begins with a greater number replaces another. */
  write(workspace: string, fields: readonly (readonly [field: string, text: string])[]): Promise<void>;
  /** Takes away what stands beside the heads. */
  remove(workspace: string, fields: readonly string[]): Promise<void>;
  /** Notes that a workspace wants to be looked at, at the given time (ms since the epoch) or before. */
  schedule(workspace: string, at: number): Promise<void>;
  unschedule(workspace: string): Promise<void>;
  /** Takes away all heads of a workspace that is no more. */
  forget(workspace: string): Promise<void>;
  /** Workspaces whose time has come, oldest first; null where the whole catalog is to be swept. Notes that it was asked. */
  due(now: number): Promise<readonly string[] | null>;
  /** Notes that the whole catalog was swept at `now`, so that for an hour `due` answers a list. */
  swept(now: number): Promise<void>;
}

/** The queues that have a consumer of their own, by their names at Cloudflare. */
export type QueueName = 'remodel-changes' | 'remodel-webhooks';

/** Signs of life of what runs without requests, and what Redis says of itself. Throws `HeadStoreError`. */
export interface Vitals {
  /** The sign of a queue's consumer; that of cron is its asking what is due. */
  beat(queue: QueueName, sign: string): Promise<void>;
  /** The sign that a part left last, or null. */
  lastBeat(part: QueueName | 'cron'): Promise<string | null>;
  /** Milliseconds since the epoch, by the clock of Redis. */
  now(): Promise<number>;
  /** Redis' `maxmemory-policy`; null where it does not say. */
  evictionPolicy(): Promise<string | null>;
}

/** A head to write. `body` is the canonical JSON of the definition; null for a model that is gone. */
export interface PublishedHead {
  readonly model: string;
  readonly head: string;
  readonly hash: string | null;
  readonly body: string | null;
}

/** A message is a nudge: it names the workspace, the work list is in the catalog. */
export interface Nudge {
  readonly workspace: string;
  /** Redis lacks heads: write them all again. */
  readonly heads?: true;
  /** Nothing is to be done but to leave this sign. */
  readonly probe?: string;
}

export interface ChangeQueue {
  send(nudge: Nudge, delaySeconds?: number): Promise<void>;
}

/** A message to the courier: somebody may have something to be told. */
export interface Errand {
  readonly subscriber: string;
  /** Nothing is to be done but to leave this sign. */
  readonly probe?: string;
}

export interface ErrandQueue {
  send(errand: Errand, delaySeconds?: number): Promise<void>;
}

/** A request to somebody else's server. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The servers of others. Throws `Unreached`. */
export interface Outside {
  /** Answers the status. Follows no redirect, and reads nothing of the answer. */
  post(post: Post): Promise<number>;
  /** All addresses, of either kind, that a name stands for. */
  resolve(name: string): Promise<readonly string[]>;
}

/** Files in repositories at a commit. Throws `RepositoryUnavailable` where they cannot be asked for. */
export interface Repository {
  /** Null where there is none, or it is not to be seen. */
  readFile(repository: string, path: string, commit: string): Promise<string | null>;
  /** The paths of all files in a folder and those below it; none where there is no such folder. */
  listFiles(repository: string, folder: string, commit: string): Promise<readonly string[]>;
}

/** A failure that Postgres reports. The message is for logs, never for clients. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly sqlState: string;
  readonly constraint: string | undefined;
  readonly column: string | undefined;
  readonly table: string | undefined;
  readonly detail: string | undefined;
  /** Where in Postgres it came about, such as in which function of a trigger. */
  readonly context: string | undefined;

  constructor(
    message: string,
    fields: {
      sqlState: string;
      constraint?: string | undefined;
      column?: string | undefined;
      table?: string | undefined;
      detail?: string | undefined;
      context?: string | undefined;
      cause?: unknown;
    },
  ) {
    super(message, { cause: fields.cause });
    this.sqlState = fields.sqlState;
    this.constraint = fields.constraint;
    this.column = fields.column;
    this.table = fields.table;
    this.detail = fields.detail;
    this.context = fields.context;
  }
}

/** Postgres could not be reached, or the connection broke: the outcome of the statement is unknown. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/** Redis could not be reached, or answered an error. */
export class HeadStoreError extends Error {
  override readonly name = 'HeadStoreError';
}

/** A repository could not be reached, or did not let us in. The message is for logs and clients: it holds no secret. */
export class RepositoryUnavailable extends Error {
  override readonly name = 'RepositoryUnavailable';
}

/** Somebody else's server could not be reached, or may not be. The message is for who gave its address. */
export class Unreached extends Error {
  override readonly name = 'Unreached';
}
