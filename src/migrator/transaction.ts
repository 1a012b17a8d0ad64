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

/** One round trip. */
const BEGIN = `begin; set local lock_timeout = '500ms'; set local statement_timeout = '5s'`;

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
 * and nobody has cancelled it. Tries again when a lock cannot be had; then ends the slice.
 */
export async function fencedTransaction<T>(
  run: Run,
  changeId: string,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await once(run, changeId, work);
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

/** The same for statements whose answers nobody needs. */
export async function commit(run: Run, changeId: string, statements: readonly Statement[]): Promise<void> {
  await fencedTransaction(run, changeId, async (database) => {
    for (const statement of statements) await database.query(statement);
  });
}

async function once<T>(run: Run, changeId: string, work: (database: Database) => Promise<T>): Promise<T> {
  const { session } = run;
  await session.query(plain(BEGIN));
  // The row stays locked until the commit: a cancellation comes before this transaction, or after it.
  const [held] = await session.query(sql`
    update remodel.changes
    set revision = revision + 1
    where id = ${changeId}
      and runner = ${run.runner}
    returning cancel_requested::text as cancelled
  `);
  if (!held || (held['cancelled'] === 'true' && !run.isUndoing)) {
    await session.query(plain('rollback'));
    throw held ? new ChangeCancelled() : new RunnerReplaced();
  }
  const answer = await work(session);
  await session.query(plain('commit'));
  return answer;
}
