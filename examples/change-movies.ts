import { setTimeout as sleep } from 'node:timers/promises';
import type { Findings } from './findings.ts';
import { awaitEnd, isAsPlanned, type MadeChange, makeChange } from './make-change.ts';
import { shortHash } from './model-hashes.ts';
import { MOVIE_CHANGES } from './movie-changes.ts';
import { printTable } from './print-table.ts';
import type { SecondClient } from './second-client.ts';
import type { Workspace } from './workspace.ts';

/** Requests of the second client that are under way at once. */
const LANES = 4;
/** For the second client, to work under every definition for a while. */
const BETWEEN_MS = 700;

/** Makes all changes while the second client is at work, and answers them when they have ended. */
export async function changeMovies(
  workspace: Workspace,
  client: SecondClient,
  findings: Findings,
): Promise<readonly MadeChange[]> {
  let isOver = false;
  const lanes = Array.from({ length: LANES }, () => client.work(() => isOver));
  const made: MadeChange[] = [];
  const ends: string[] = [];
  try {
    await sleep(BETWEEN_MS);
    for (const change of MOVIE_CHANGES) {
      made.push(await makeChange(workspace, change));
      await sleep(BETWEEN_MS);
    }
    for (const { id } of made) ends.push(await awaitEnd(workspace, id));
  } finally {
    isOver = true;
  }
  await Promise.all(lanes);
  printTable(
    'Changes of movie while the second client was at work',
    ['change', 'answered', 'ms', 'confirmed', 'isolate', 'hash before', 'hash after', 'at the end'],
    made.flatMap((change, n) => linesOf(workspace, change, ends[n])),
  );
  made.forEach((change, n) => {
    findings.expect(isAsPlanned(change), `${change.title}: not published as planned (${change.status})`);
    findings.expect(ends[n] === 'done', `${change.title}: ended as ${ends[n]}`);
  });
  return made;
}

function linesOf(workspace: Workspace, change: MadeChange, end: string | undefined): readonly unknown[][] {
  const { title, status, milliseconds, confirmed, before, after } = change;
  return workspace.isolates.map(({ url }, n) => [
    ...(n === 0 ? [title, status, Math.round(milliseconds), confirmed ? 'by hash' : ''] : ['', '', '', '']),
    new URL(url).host,
    shortHash(before[n] ?? ''),
    shortHash(after[n] ?? ''),
    n === 0 ? end : '',
  ]);
}
