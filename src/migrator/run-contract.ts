import type { OpenChange } from '../catalog/change.ts';
import { DatabaseError } from '../ports.ts';
import { sql } from '../statement.ts';
import { type Run, SliceEnded } from './migrator.ts';
import { runStep } from './run-step.ts';
import { readSteps, stepFailed } from './step-records.ts';
import { commit } from './transaction.ts';

/**
 * The contract steps of a published change, after grace. A step that the data refuse (a null that the class
 * before wrote, say) is not undone, for the definition is out: it is recorded, with the steps that lean on it,
 * and the change ends `done` with an error.
 */
export async function runContract(run: Run, change: OpenChange): Promise<void> {
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
      set status = 'done', finished_at = now(),
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
