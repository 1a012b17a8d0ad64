import type { Findings } from './findings.ts';
import { printTable } from './print-table.ts';
import { readAll } from './read-back.ts';
import type { SecondClient } from './second-client.ts';
import type { Workspace } from './workspace.ts';

/** Looks for everything that the second client was promised, and prints what it did. */
export async function settleClient(
  workspace: Workspace,
  client: SecondClient,
  findings: Findings,
): Promise<void> {
  const { requests, acknowledged, deleted } = client;
  const { definitions, granted, outdated, failures } = requests;
  await definitions.refresh(definitions.current);
  const records = await readAll(workspace, 'movie');
  const lost = [...acknowledged.keys()].filter((id) => {
    const record = records.get(id);
    return !record || !client.holds(id, record, definitions.current);
  });
  const undead = [...deleted].filter((id) => records.has(id));

  const answered = Object.values(granted).reduce((sum, count) => sum + count, 0);
  const lines: [string, number][] = [
    ['requests', answered + outdated + failures.length],
    ...Object.entries(granted).map(([kind, count]): [string, number] => [
      `  ${kind}, as it should be`,
      count,
    ]),
    ['  refused for an outdated definition, then repeated', outdated],
    ['  failed', failures.length],
    ['definitions that it met', definitions.size],
    ['records with acknowledged writes', acknowledged.size],
    ['  of them lost, or with another value', lost.length],
    ['acknowledged deletes', deleted.size],
    ['  of them undone', undead.length],
  ];
  printTable('The second client', ['what', 'count'], lines);
  for (const failure of failures.slice(0, 5)) console.log(`  ${failure}`);
  findings.expect(failures.length === 0, `the second client: ${failures.length} requests failed`);
  findings.expect(
    lost.length === 0,
    `the second client: ${lost.length} acknowledged records are not as written`,
  );
  findings.expect(undead.length === 0, `the second client: ${undead.length} deleted records are there`);
  findings.expect(acknowledged.size > 0, 'the second client: it wrote nothing');
}
