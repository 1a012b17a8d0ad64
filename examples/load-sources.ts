import { type LoadedRow, loadSource } from './load-source.ts';
import { resolveNames } from './named-references.ts';
import { printTable } from './print-table.ts';
import { Refusals } from './refusals.ts';
import { readSources, type Source } from './sources.ts';
import type { Workspace } from './workspace.ts';

export interface LoadedModel {
  readonly source: Source;
  readonly rows: readonly LoadedRow[];
}

/** Loads every source, and prints what was refused on the way. */
export async function loadSources(workspace: Workspace): Promise<readonly LoadedModel[]> {
  const refusals = new Refusals();
  const byModel = new Map<string, readonly LoadedRow[]>();
  const models: LoadedModel[] = [];
  for (const source of await readSources()) {
    const rows = await loadSource(workspace, resolveNames(source, byModel), refusals);
    byModel.set(source.model, rows);
    models.push({ source, rows });
  }
  printTable(
    'Refused as it stands in the file, and what was sent then',
    ['model', 'field', 'rows', 'code', 'message', 'sample', 'sent then'],
    refusals.all().map((r) => [r.model, r.field, r.rows, r.code, r.message, r.sample, r.remedy]),
  );
  return models;
}
