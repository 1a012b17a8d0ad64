import type { ChangeQueue, DatabaseSession, ErrandQueue, HeadStore } from '../ports.ts';
import type { Telemetry } from '../telemetry.ts';

/** What the migrator works with; wired by `functions/`. */
export interface Migrator {
  /** Opens a direct connection of the migrator's role. */
  readonly connect: () => Promise<DatabaseSession>;
  readonly heads: HeadStore;
  readonly queue: ChangeQueue;
  /** Who is to be told of a change is told by the courier. */
  readonly errands: ErrandQueue;
  readonly telemetry: Telemetry;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Seconds from the confirmed write of a head until no request can still use the class before. */
  readonly graceSeconds: number;
  /** Of workspaces that say nothing else; -1: what was dropped is never purged by itself. */
  readonly trashRetentionDays: number;
  /** How long one invocation works before it sends itself a message to go on. */
  readonly sliceMilliseconds: number;
}

/** One runner at work on one workspace, under its lock. */
export interface Run {
  readonly migrator: Migrator;
  readonly session: DatabaseSession;
  readonly workspace: string;
  /** Written into each change that it works on; a step commits only while it is still there. */
  readonly runner: string;
  /** The session's process in Postgres. */
  readonly backend: string;
  /** When the slice ends. */
  readonly deadline: number;
  /** What it does is taking a change back: a wish to cancel it stops nothing more. */
  readonly isUndoing?: true;
  /** What it writes to records changes them for those who read them: they are served by the new class already. */
  readonly isPublished?: true;
}

/** The slice is used up, or a lock could not be had: go on in another invocation, after so many seconds. */
export class SliceEnded extends Error {
  override readonly name = 'SliceEnded';
  readonly delaySeconds: number;

  constructor(delaySeconds: number) {
    super('the slice ended');
    this.delaySeconds = delaySeconds;
  }
}

/** The change waits for the contract of another, whose own message, or the sweep, will bring both on. */
export class ContractPending extends Error {
  override readonly name = 'ContractPending';
}

/** Another runner has taken the change over: this one writes nothing more. */
export class RunnerReplaced extends Error {
  override readonly name = 'RunnerReplaced';
}
