import { quoteLiteral } from '../definition/identifiers.ts';
import type { TableName } from '../plan/steps/step-kind.ts';
import { quoteTable } from '../plan/steps/table-sql.ts';
import { type Database, DatabaseError, type Statement } from '../ports.ts';
import { plain, sql } from '../statement.ts';
import { type Run, RunnerReplaced, SliceEnded } from './migrator.ts';

const MAX_TRIES = 10;
const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 3200;

/** lock_not_available, deadlock_detected, query_canceled, serialization_failure: worth another try. */
const TRANSIENT = new Set(['55P03', '40P01', '57014', '40001']);

/** Whether Postgres refused something for what others were at just then. */
export function isTransient(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && TRANSIENT.has(error.sqlState);
}

/** Whoever wants a lock after us waits as long as we wait for ours: short, and longer only where that was in vain. */
const LOCK_TIMEOUT_MS = 40;
const MAX_LOCK_TIMEOUT_MS = 500;
const TRIES_UNTIL_LONGER = 5;

/** Autovacuum gives way to one that waits for longer than `deadlock_timeout`, a second as Postgres comes. */
const VACUUM_TIMEOUT_MS = 3000;

/** Strong statements on tables, and the tables. */
export interface Ddl {
  readonly tables: readonly TableName[];
  readonly statements: readonly string[];
}

const NO_DDL: Ddl = { tables: [], statements: [] };

/** Its author took the change back before it was published. */
export class ChangeCancelled extends Error {
  override readonly name = 'ChangeCancelled';
}

/** A lock could not be had in ten tries: another transaction holds it for long. */
export class LockNotAvailable extends SliceEnded {
  constructor(cause: DatabaseError) {
    super(5);
    this.cause = cause;
  }
}

/**
 * Recipe R0: the work in one transaction, under short timeouts, only while this runner still holds the change
 * and nobody has cancelled it. DDL comes last and travels with the commit, for whoever meets its locks waits as
 * long as they are held: no round trip is in that time. Tries again when a lock cannot be had; then ends the slice.
 */
export async function fencedTransaction<T>(
  run: Run,
  changeId: string,
  work: (database: Database) => Promise<T>,
  ddlOf: (answer: T) => Ddl = () => NO_DDL,
): Promise<T> {
  return persistently(run, fenceOf(run, changeId), work, ddlOf);
}

/** The same for what is no change's: the lock of the workspace, which the session holds, keeps others from it. */
export async function lockedTransaction<T>(
  run: Run,
  work: (database: Database) => Promise<T>,
  ddlOf: (answer: T) => Ddl = () => NO_DDL,
): Promise<T> {
  return persistently(run, async () => undefined, work, ddlOf);
}

/** What a transaction looks at first. Throws where it must not go on. */
type Fence = () => Promise<void>;

async function persistently<T>(
  run: Run,
  fence: Fence,
  work: (database: Database) => Promise<T>,
  ddlOf: (answer: T) => Ddl,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await once(run, fence, work, ddlOf, lockTimeout(tries));
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      await run.session.query(plain('rollback'));
      if (!TRANSIENT.has(error.sqlState)) throw error;
      if (tries === MAX_TRIES) throw new LockNotAvailable(error);
      const wait = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), MAX_WAIT_MS);
      await run.migrator.sleep(wait * (0.5 + Math.random() / 2));
    }
  }
}

/** The same for statements whose answers nobody needs, and for DDL. */
export async function commit(
  run: Run,
  changeId: string,
  statements: readonly Statement[],
  ddl: Ddl = NO_DDL,
): Promise<void> {
  const work = async (database: Database) => {
    for (const statement of statements) await database.query(statement);
  };
  await fencedTransaction(run, changeId, work, () => ddl);
}

/** The row stays locked until the commit: a cancellation comes before this transaction, or after it. */
function fenceOf(run: Run, changeId: string): Fence {
  return async () => {
    const [held] = await run.session.query(sql`
      update remodel.changes
      set revision = revision + 1
      where id = ${changeId}
        and runner = ${run.runner}
      returning cancel_requested::text as cancelled
    `);
    if (held && (held['cancelled'] !== 'true' || run.isUndoing)) return;
    await run.session.query(plain('rollback'));
    throw held ? new ChangeCancelled() : new RunnerReplaced();
  };
}

async function once<T>(
  run: Run,
  fence: Fence,
  work: (database: Database) => Promise<T>,
  ddlOf: (answer: T) => Ddl,
  lockTimeoutMs: number,
): Promise<T> {
  const { session } = run;
  const settings = [
    waiting(lockTimeoutMs),
    `set local statement_timeout = '5s'`,
    // Before the publish, what is written to records changes none for anybody who reads it.
    ...(run.isPublished ? [] : [`set local remodel.silent = 'on'`]),
  ];
  // One round trip.
  await session.query(plain(['begin', ...settings].join('; ')));
  await fence();
  const answer = await work(session);
  await session.query(plain([...ddlTexts(ddlOf(answer), lockTimeoutMs), 'commit'].join(';\n')));
  return answer;
}

function lockTimeout(tries: number): number {
  return Math.min(LOCK_TIMEOUT_MS * 2 ** Math.max(0, tries - TRIES_UNTIL_LONGER), MAX_LOCK_TIMEOUT_MS);
}

function waiting(milliseconds: number): string {
  return `set local lock_timeout = '${milliseconds}ms'`;
}

/** A vacuum is waited for under a lock that keeps no reader or writer, before strong locks are asked for. */
function ddlTexts({ tables, statements }: Ddl, lockTimeoutMs: number): readonly string[] {
  if (statements.length === 0) return [];
  const names = [...new Set(tables.map(quoteTable))];
  return [waiting(VACUUM_TIMEOUT_MS), ...names.map(lockFromVacuum), waiting(lockTimeoutMs), ...statements];
}

/** The table may not be there yet, or no longer. */
function lockFromVacuum(table: string): string {
  return `do ${quoteLiteral(`begin
  if to_regclass(${quoteLiteral(table)}) is not null then
    lock table ${table} in share update exclusive mode;
  end if;
end`)}`;
}
