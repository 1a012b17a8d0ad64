import * as v from 'valibot';
import type { LoadedRow } from './load-source.ts';
import { readAnswer } from './read-answer.ts';
import type { Workspace } from './workspace.ts';

const STORED = v.looseObject({ id: v.string() });
const PAGE = v.object({ data: v.array(STORED), page: v.object({ next: v.nullable(v.string()) }) });

export type StoredRecord = v.InferOutput<typeof STORED>;

/** Every record of a model, page by page, by id. */
export async function readAll(
  workspace: Workspace,
  model: string,
): Promise<ReadonlyMap<string, StoredRecord>> {
  const records = new Map<string, StoredRecord>();
  let next: string | null = null;
  do {
    const cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
    const answer = await workspace.get(`/records/${model}?limit=1000${cursor}`);
    const { data, page } = readAnswer(answer, 200, PAGE);
    for (const record of data) records.set(record.id, record);
    next = page.next;
  } while (next !== null);
  return records;
}

/** How many values of the rows are not those that are stored. */
export function countDifferences(
  rows: readonly LoadedRow[],
  records: ReadonlyMap<string, StoredRecord>,
): number {
  const differs = ({ id, values }: LoadedRow) => {
    const record = records.get(id);
    return Object.entries(values).filter(([field, value]) => !record || !isSame(value, record[field])).length;
  };
  return rows.reduce((count, row) => count + differs(row), 0);
}

/** Numbers that a double does not hold travel as texts: 6.1 comes back as "6.1". */
function isSame(sent: unknown, stored: unknown): boolean {
  if (sent === stored || String(sent) === stored) return true;
  return typeof stored === 'string' && stored !== '' && sent !== null && Number(sent) === Number(stored);
}
