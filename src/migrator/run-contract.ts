import type { OpenChange } from '../catalog/change.ts';
import { number, textOrNull } from '../catalog/columns.ts';
import { DatabaseError } from '../ports.ts';
import { sql } from '../statement.ts';
import { type Run, SliceEnded } from './migrator.ts';
import { runStep } from './run-step.ts';
import { readSteps, stepFailed } from './step-records.ts';
import { commit, fencedTransaction } from './transaction.ts';

/**
 * The contract steps of a published change, after grace. A step that the data refuse (a null that the class
 * before wrote, say) is not undone, for the definition is out: it is recorded, with the steps that lean on it,
 * and the change ends `done` with an error.
 */
export async function runContract(run: Run, change: OpenChange): Promise<void> {
  const since = await oldestTransaction(run, change);
  if (since !== null) return postpone(run, change, since);
  const refused = new Set<string>();
  for (const recorded of await readSteps(run.session, change.id)) {
    const { n, step, status } = recorded;
    if (step.phase !== 'contract' || status === 'done') continue;
    const column = `${step.target.table}.${step.columns.join()}`;
    if (status === 'failed') refused.add(column);
    if (refused.has(column)) {
      if (status !== 'failed') {
        await commit(run, change.id, [
          stepFailed(change.id, n, { code: 'skipped', detail: 'an earlier step failed' }),
        ]);
      }
      continue;
    }
    try {
      await runStep(run, change.id, recorded);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      refused.add(column);
      const detail = `rows that were written before the new model was out break its rule (SQLSTATE ${error.sqlState})`;
      await commit(run, change.id, [stepFailed(change.id, n, { code: 'contract_incomplete', detail })]);
    }
    if (run.migrator.now() > run.deadline) throw new SliceEnded(0);
  }
  await commit(run, change.id, [
    sql`
      update remodel.changes
      set status = 'done', finished_at = now(), waiting_for = null,
        error = (
          select s.error
          from remodel.steps s
          where s.change_id = ${change.id}
            and s.status = 'failed'
          order by s.n
          limit 1
        )
      where id = ${change.id}
    `,
  ]);
}

/**
 * When the oldest transaction began that is open since before the heads were out; null where none is. It may still
 * use the definition before, whatever the time. The migrator's own know what they do.
 */
async function oldestTransaction(run: Run, change: OpenChange): Promise<string | null> {
  const [row] = await run.session.query(sql`
    select to_char(min(a.xact_start) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
    from pg_stat_activity a
    join remodel.changes c on a.xact_start < c.published_at
    where c.id = ${change.id}
      and a.datname = current_database()
      and a.backend_type = 'client backend'
      and a.pid <> pg_backend_pid()
      and a.application_name not like 'remodel%'
  `);
  return textOrNull(row, 'since');
}

/** Looks again later, and the later the longer it has waited; other changes go on meanwhile. */
async function postpone(run: Run, change: OpenChange, transactionSince: string): Promise<void> {
  const { queue, graceSeconds } = run.migrator;
  const delay = await fencedTransaction(run, change.id, async (database) => {
    const [row] = await database.query(sql`
      update remodel.changes
      set waiting_for = ${{ transactionSince }},
        contract_at = now() + make_interval(secs => least(60, greatest(1,
          extract(epoch from now() - published_at)::double precision - ${graceSeconds}::double precision
        )))
      where id = ${change.id}
      returning extract(epoch from contract_at - now())::text as seconds
    `);
    return number(row, 'seconds');
  });
  await queue.send({ workspace: run.workspace }, Math.ceil(delay));
}
