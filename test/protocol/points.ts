import type { SqlEntry, TrafficEntry } from '../../local/traffic.ts';
import { hasCommand, isMigrators } from '../stack/hold.ts';

/** A place at which the migrator is killed: a gate of the model, and what goes over the wire in its stead. */
export interface Point {
  /** The gate, by its name in the model. */
  readonly at: string;
  /** Of a transaction, a text that no other one of the migrator's has: its `commit` is meant. */
  readonly mark: string | null;
  /** Else a command of Redis. */
  readonly command: string | null;
}

const transaction = (at: string, mark: string): Point => ({ at, mark, command: null });
const redis = (command: string): Point => ({ at: command, mark: null, command });

export const POINTS: readonly Point[] = [
  transaction('prepareChange', 'insert into remodel.steps'),
  transaction('runStep expand', 'add column'),
  transaction('runBatch', 'set cursor ='),
  transaction('publishChange', 'insert into remodel.versions'),
  redis('MSET'),
  redis('EVAL'),
  transaction('announce', "', published_at = now()"),
  transaction('runStep contract', 'drop trigger if exists'),
  transaction('undoStep transaction', 'drop column if exists'),
];

/** Finds the request that a point stands for, among all of one delivery. */
export class PointFinder {
  readonly #point: Point;
  #isMarked = false;

  constructor(point: Point) {
    this.#point = point;
  }

  isReachedBy(entry: TrafficEntry): boolean {
    const { mark, command } = this.#point;
    if (command !== null) return hasCommand(entry, command);
    if (mark === null || !isSqlOfMigrator(entry)) return false;
    if (entry.statements.some((text) => text.startsWith('begin'))) this.#isMarked = false;
    if (entry.statements.some((text) => text.includes(mark))) this.#isMarked = true;
    // DDL travels with its commit.
    return this.#isMarked && entry.statements.some((text) => text === 'commit' || text.endsWith('\ncommit'));
  }
}

function isSqlOfMigrator(entry: TrafficEntry): entry is SqlEntry {
  return isMigrators(entry);
}
