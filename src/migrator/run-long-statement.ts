import { DatabaseError, type DatabaseSession, DatabaseUnavailable } from '../ports.ts';
import { plain, sql } from '../statement.ts';
import type { Run } from './migrator.ts';
import { commit } from './transaction.ts';

const WATCH_MS = 2000;

/**
 * Runs a statement that may take minutes, such as an index build. Its session cannot look aside meanwhile: another
 * one does, once the statement takes long, and stops it when its change is cancelled. Throws `ChangeCancelled` then.
 */
export async function runLongStatement(run: Run, changeId: string, text: string): Promise<void> {
  const { connect, sleep } = run.migrator;
  const ended = run.session.query(plain(text)).then(() => true);
  let watcher: DatabaseSession | undefined;
  try {
    while (!(await Promise.race([ended, sleep(WATCH_MS).then(() => false)]))) {
      watcher ??= await connect();
      await watcher.query(sql`
        select pg_cancel_backend(${run.backend}::integer)
        from remodel.changes
        where id = ${changeId}
          and runner = ${run.runner}
          and cancel_requested
      `);
    }
  } catch (error) {
    // Stopped by the change's author, which this finds out, or by an operator.
    if (error instanceof DatabaseError && error.sqlState === '57014') await commit(run, changeId, []);
    // Where it was the watcher's connection that broke, the statement goes on.
    if (!(error instanceof DatabaseUnavailable)) throw error;
    await ended;
  } finally {
    await watcher?.end();
  }
}
