import { canonicalJson } from '../../src/definition/canonical.ts';
import { formatHead } from '../../src/heads/head.ts';
import { RunnerReplaced } from '../../src/migrator/migrator.ts';
import { ChangeCancelled } from '../../src/migrator/transaction.ts';
import {
  type DatabaseSession,
  DatabaseUnavailable,
  type HeadStore,
  type Row,
  type Statement,
} from '../../src/ports.ts';
import type { Actor, Gates } from './gates.ts';
import { MODEL, type Rules, Violation, WORKSPACE } from './rules.ts';
import type { Change, Session, SimulatedPostgres, Version } from './simulated-postgres.ts';
import type { Message, SimulatedQueue } from './simulated-queue.ts';

/** What an invocation of the migrator finds in the world. */
export interface Surroundings {
  readonly rules: Rules;
  readonly gates: Gates;
  readonly postgres: SimulatedPostgres;
  readonly queue: SimulatedQueue;
  readonly now: () => number;
  readonly storeFor: (actor: Actor) => HeadStore;
}

let runs = 0;

/** One invocation of the migrator: a connection, its own name, and its time. */
export class Runner implements Actor, Session {
  isAlive = true;
  isOpen = true;
  isUndoing = false;
  readonly id: string;
  readonly began: number;
  readonly heads: HeadStore;
  readonly world: Surroundings;
  /** What it was invoked for; null: by cron. */
  readonly message: Message | null;

  constructor(world: Surroundings, message: Message | null) {
    runs += 1;
    this.id = `runner ${runs}`;
    this.world = world;
    this.message = message;
    this.began = world.now();
    this.heads = world.storeFor(this);
  }

  /** One statement, or one transaction, over its connection. `locksTable`: it is DDL, and waits for writers. */
  async sql<T>(at: string, act: (pick: number) => T, locksTable = false): Promise<T> {
    if (!this.isOpen) throw new DatabaseUnavailable('the connection is gone');
    const { gates, postgres } = this.world;
    const canPass = () => !locksTable || postgres.writers.size === 0;
    return gates.wait({ actor: this, at, place: 'postgres', canPass }, act);
  }

  /** `fencedTransaction`: all or nothing, and only while the change is this runner's, and wanted. */
  fenced<T>(at: string, change: Change, act: () => T, locksTable = false): Promise<T> {
    const fence = () => {
      if (change.runner !== this.id) throw new RunnerReplaced();
      if (change.cancelRequested && !this.isUndoing) throw new ChangeCancelled();
      return act();
    };
    return this.sql(at, fence, locksTable);
  }

  /** A statement of a direct step: no transaction, so no fence. The lock alone protects it. */
  direct<T>(at: string, change: Change, act: (pick: number) => T): Promise<T> {
    const write = (pick: number) => {
      if (change.runner !== this.id)
        throw new Violation(5, `${this.id} was replaced, and still writes: ${at}`);
      return act(pick);
    };
    return this.sql(at, write, true);
  }

  /** The session that the real `sweepCatalog` and `writeHeads` work with. */
  session(): DatabaseSession {
    return {
      query: (statement) => this.sql(nameOf(statement), () => this.#answer(statement)),
      end: async () => {
        this.isOpen = false;
      },
    };
  }

  #answer({ text }: Statement): readonly Row[] {
    const { postgres, now } = this.world;
    if (isSweep(text)) {
      const hasWork = postgres.changes.some(
        ({ status, contractAt }) =>
          ['queued', 'running'].includes(status) ||
          (status === 'published' && contractAt !== null && contractAt <= now()),
      );
      return [{ slug: WORKSPACE, has_work: String(hasWork), state_seq: '0', is_trashed: 'false' }];
    }
    return [headRow(postgres.published)];
  }
}

function isSweep(text: string): boolean {
  return text.includes('has_work');
}

function nameOf({ text }: Statement): string {
  if (isSweep(text)) return 'sweepCatalog';
  if (text.includes('from remodel.heads')) return 'readCatalogHeads';
  throw new TypeError(`the model does not know this statement of the sweep or of writeHeads: ${text}`);
}

/** A row of `remodel.heads` with its definition. */
export function headRow({ seq, version, hash, definition }: Version): Row {
  return {
    name: MODEL,
    seq: String(seq),
    version: String(version),
    hash,
    body: canonicalJson(definition),
    pending: 'false',
    state_seq: '0',
    is_trashed: 'false',
  };
}

export function headOf({ seq, version, hash }: Version): string {
  return formatHead({ seq, version, hash, publishedAt: null });
}
