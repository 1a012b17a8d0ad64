import type { Findings } from './findings.ts';
import { readHashes, shortHash } from './model-hashes.ts';
import { printTable } from './print-table.ts';
import type { Workspace } from './workspace.ts';

/** By model, what each isolate answers by. */
export type HashesByModel = ReadonlyMap<string, readonly string[]>;

export async function readAllHashes(workspace: Workspace, models: readonly string[]): Promise<HashesByModel> {
  const hashes = new Map<string, readonly string[]>();
  for (const model of models) hashes.set(model, await readHashes(workspace, model));
  return hashes;
}

/** All isolates agree, and of no model but movie is the definition another. */
export function compareHashes(
  workspace: Workspace,
  before: HashesByModel,
  after: HashesByModel,
  findings: Findings,
): void {
  const lines: unknown[][] = [];
  for (const [model, first] of before) {
    const last = after.get(model) ?? [];
    findings.expect(new Set(last).size === 1, `${model}: the isolates answer by different hashes`);
    const isChanged = first.every((hash, n) => hash !== last[n]);
    const isSame = first.every((hash, n) => hash === last[n]);
    findings.expect(model === 'movie' ? isChanged : isSame, `${model}: not the hash that was to be expected`);
    workspace.isolates.forEach(({ url }, n) => {
      lines.push([model, new URL(url).host, shortHash(first[n] ?? ''), shortHash(last[n] ?? '')]);
    });
  }
  printTable('Model-Hash of each isolate', ['model', 'isolate', 'before', 'after'], lines);
}
