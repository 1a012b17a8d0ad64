import { expect } from 'vitest';
import { isMigrators } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';

/** What is killed: a purge of what lies in the trash, or of a whole workspace. */
export type PurgeKind = 'trash' | 'workspace';

const MODELS = [
  { name: 'person', fields: [] },
  {
    name: 'movie',
    fields: [
      { name: 'title', type: 'text' },
      { name: 'size', type: 'computed', expression: 'length(title)' },
      { name: 'cast', type: 'references', to: 'person' },
    ],
  },
];

const DROPS = [
  { op: 'dropField', model: 'movie', field: 'cast' },
  { op: 'dropModel', model: 'person' },
];

/**
 * Purges, each in a workspace of its own, whose migrator is killed right before its nth request: for every `stride`th
 * from the first on. Each ends as one that is not disturbed: with nothing. Answers how many runs that were.
 */
export async function killPurges(kind: PurgeKind, first: number, stride: number): Promise<number> {
  const system = await InProcess.start({ GRACE_SECONDS: '0' });
  try {
    let runs = 0;
    for (let n = first, wasKilled = true; wasKilled; n += stride) {
      const workspace = `run${n}`;
      await prepare(system, workspace, kind);
      wasKilled = await killed(system, n, workspace);
      expect({ n, left: await left(system, workspace, kind) }).toEqual({ n, left: [] });
      runs += 1;
    }
    return runs;
  } finally {
    await system.stop();
  }
}

async function prepare(system: InProcess, workspace: string, kind: PurgeKind): Promise<void> {
  const ask = async (path: string, body: object) => {
    const answer = await system.request('POST', path, body);
    if (answer.status >= 400) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await ask('/v1/workspaces', { slug: workspace, label: 'killed' });
  await ask(`/v1/${workspace}/changes`, { models: MODELS });
  await system.deliverAll();
  for (const operation of DROPS) {
    const drop = { operations: [operation] };
    const { hash } = await ask(`/v1/${workspace}/plans`, drop);
    await ask(`/v1/${workspace}/changes`, { ...drop, confirm: hash });
    await system.deliverAll();
  }
  if (kind === 'trash') await system.parts.sql('update remodel.trash set purge_after = now()');
  else
    await system.parts.sql(
      `update remodel.workspaces set trashed_at = now() - interval '31 days' where slug = $1`,
      [workspace],
    );
}

/** False where the migrator does not make so many requests. */
async function killed(system: InProcess, n: number, workspace: string): Promise<boolean> {
  let seen = 0;
  system.parts.traffic.onRequest = (entry) => {
    if (!isMigrators(entry) && entry.proxy !== 'upstash') return;
    seen += 1;
    if (seen === n) throw new Error('killed, as the test asked for');
  };
  const isAcknowledged = await system.deliver({ workspace });
  system.parts.traffic.reset();
  if (!isAcknowledged) await system.deliver({ workspace });
  await system.deliverAll();
  return seen >= n;
}

/** What is there of that which was to be purged. */
async function left(system: InProcess, workspace: string, kind: PurgeKind): Promise<readonly unknown[]> {
  const isWhole = kind === 'workspace';
  const schemas = [`${workspace}_trash`, ...(isWhole ? [`${workspace}_data`, workspace] : [])];
  const relations = await system.parts.sql(
    `select c.relname as what
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any ($1)`,
    [schemas],
  );
  const entries = await system.parts.sql('select t.name as what from remodel.trash t');
  const workspaces = await system.parts.sql('select slug as what from remodel.workspaces where slug = $1', [
    workspace,
  ]);
  return [...relations, ...entries, ...(isWhole ? workspaces : [])].map(({ what }) => what);
}
