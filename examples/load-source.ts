import * as v from 'valibot';
import type { Row } from './data-file.ts';
import { ProgressBar } from './progress-bar.ts';
import { readAnswer, readProblem, UnexpectedAnswer } from './read-answer.ts';
import type { Refusals } from './refusals.ts';
import { locateRefusals } from './refused-value.ts';
import { remedyRow } from './remedy-row.ts';
import type { Source } from './sources.ts';
import type { Workspace } from './workspace.ts';

/** A row that the system has acknowledged: its id, and the values that were taken. */
export interface LoadedRow {
  readonly id: string;
  readonly values: Row;
}

const BATCH = 400;
const CREATED = v.object({ data: v.array(v.object({ id: v.string() })) });

/** Sends all rows of a source as they are; what is refused is noted, remedied, and sent again. */
export async function loadSource(
  workspace: Workspace,
  source: Source,
  refusals: Refusals,
): Promise<readonly LoadedRow[]> {
  const bar = new ProgressBar(source.model, source.rows.length);
  const loaded: LoadedRow[] = [];

  const send = async (rows: readonly Row[]): Promise<void> => {
    if (rows.length === 0) return;
    const answer = await workspace.request('POST', `/records/${source.model}`, rows);
    if (answer.status === 201) {
      const { data } = readAnswer(answer, 201, CREATED);
      rows.forEach((values, n) => {
        loaded.push({ id: data[n]?.id ?? '', values });
      });
      bar.add(rows.length);
      return;
    }
    const problem = readProblem(answer);
    if (!problem || ![409, 422].includes(answer.status))
      throw new UnexpectedAnswer(answer, '201, 409 or 422');
    const refused = locateRefusals(problem, rows);
    if (refused.length > 0) {
      const ofRow = (n: number) => refused.filter((value) => value.row === n);
      const remedied = rows.map((row, n) => remedyRow(source, row, ofRow(n), refusals));
      return send(remedied.filter((row) => row !== null));
    }
    if (rows.length === 1) throw new UnexpectedAnswer(answer, 'one that names the value it refuses');
    // The database refused one of the rows, and the answer cannot say which: it is found by halves.
    const middle = rows.length >> 1;
    await send(rows.slice(0, middle));
    await send(rows.slice(middle));
  };

  for (let n = 0; n < source.rows.length; n += BATCH) await send(source.rows.slice(n, n + BATCH));
  bar.end();
  return loaded;
}
