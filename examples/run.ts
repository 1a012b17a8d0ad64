/** `npm run example`: real data in models of their own, which change while a client is at work. */
import { changeMovies } from './change-movies.ts';
import { compareHashes, readAllHashes } from './compare-hashes.ts';
import { compareRows } from './compare-rows.ts';
import { publishDefinitions, readDefinitions } from './definitions.ts';
import { Findings } from './findings.ts';
import { Isolate, NoAnswer } from './isolate.ts';
import { printLists } from './lists.ts';
import { loadSources } from './load-sources.ts';
import { UnexpectedAnswer } from './read-answer.ts';
import { SecondClient } from './second-client.ts';
import { readSettings, UnreadableSetting } from './settings.ts';
import { settleClient } from './settle-client.ts';
import { makeWorkspace } from './workspace.ts';

process.exitCode = await main().catch((error: unknown) => {
  const isExpected =
    error instanceof NoAnswer || error instanceof UnexpectedAnswer || error instanceof UnreadableSetting;
  console.error(isExpected ? error.message : error);
  return 1;
});

async function main(): Promise<number> {
  const { urls, token } = readSettings(process.env);
  const findings = new Findings();
  const workspace = await makeWorkspace(urls.map((url) => new Isolate(url, token)));
  console.log(`Workspace ${workspace.slug} at ${urls.join(', ')}`);

  const definitions = await readDefinitions();
  const models = definitions.map(({ name }) => name);
  const status = await publishDefinitions(workspace, definitions);
  console.log(`Definitions of ${models.join(', ')}: ${status}\n`);
  const before = await readAllHashes(workspace, models);

  const loaded = await loadSources(workspace);
  await compareRows(workspace, loaded, null, findings);
  await printLists(workspace);

  const client = await SecondClient.start(workspace);
  await changeMovies(workspace, client, findings);

  await compareRows(workspace, loaded, client, findings);
  compareHashes(workspace, before, await readAllHashes(workspace, models), findings);
  await settleClient(workspace, client, findings);
  return conclude(findings);
}

function conclude(findings: Findings): number {
  const wrong = findings.all();
  console.log(wrong.length === 0 ? '\nEverything adds up.' : '\nThis does not add up:');
  for (const sentence of wrong) console.log(`  ${sentence}`);
  return wrong.length === 0 ? 0 : 1;
}
