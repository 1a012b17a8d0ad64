import type { Row } from './data-file.ts';
import type { Findings } from './findings.ts';
import type { LoadedModel } from './load-sources.ts';
import { movieAfterChanges } from './movie-changes.ts';
import { printTable } from './print-table.ts';
import { countDifferences, readAll } from './read-back.ts';
import type { SecondClient } from './second-client.ts';
import type { Workspace } from './workspace.ts';

const COLUMNS = ['model', 'in the file', 'acknowledged', 'by the client', 'stored', 'values', 'different'];

/**
 * Reads every record back and compares it with its row, value by value. `client` has worked on movies, and all
 * changes are made; without one, it is the time before.
 */
export async function compareRows(
  workspace: Workspace,
  loaded: readonly LoadedModel[],
  client: SecondClient | null,
  findings: Findings,
): Promise<void> {
  const lines: unknown[][] = [];
  for (const { source, rows } of loaded) {
    const { model } = source;
    const isChanged = client !== null && model === 'movie';
    const due = rows.map(({ id, values }) => ({
      id,
      values: isChanged ? movieAfterChanges(values) : values,
    }));
    const ofClient = isChanged ? client.acknowledged.size : 0;
    const records = await readAll(workspace, model);
    const differences = countDifferences(due, records);
    lines.push([
      model,
      source.rows.length,
      rows.length,
      ofClient,
      records.size,
      countValues(due),
      differences,
    ]);
    const when = client ? 'after the changes' : 'before the changes';
    findings.expect(rows.length === source.rows.length, `${model}: ${rows.length} rows were acknowledged`);
    findings.expect(records.size === rows.length + ofClient, `${model}: ${records.size} records ${when}`);
    findings.expect(differences === 0, `${model}: ${differences} values differ ${when}`);
  }
  printTable(`Rows in, rows out, ${client ? 'after' : 'before'} the changes`, COLUMNS, lines);
}

function countValues(rows: readonly { readonly values: Row }[]): number {
  return rows.reduce((count, { values }) => count + Object.keys(values).length, 0);
}
