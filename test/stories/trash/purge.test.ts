import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InProcess } from '../../stack/in-process.ts';

let system: InProcess;
let ws: string;
let count = 0;
beforeAll(async () => {
  system = await InProcess.start({ GRACE_SECONDS: '0' });
});
afterAll(() => system.stop());
beforeEach(async () => {
  ws = await newWorkspace();
});

async function newWorkspace(): Promise<string> {
  count += 1;
  const slug = `ws${count}`;
  await system.request('POST', '/v1/workspaces', { slug, label: slug });
  return slug;
}

const ask = (method: string, path: string, body?: unknown, headers = {}) =>
  system.request(method, `/v1/${ws}/${path}`, body, headers);

async function done(...list: readonly object[]): Promise<void> {
  const { body } = await ask('POST', 'plans', { operations: list });
  const sent = await ask('POST', 'changes', { operations: list, confirm: body.hash });
  expect(sent.status, JSON.stringify(sent.body)).toBe(202);
  await system.deliverAll();
}

const MOVIE = {
  op: 'createModel',
  definition: {
    name: 'movie',
    fields: [
      { name: 'title', type: 'text' },
      { name: 'year', type: 'integer' },
      { name: 'age', type: 'computed', expression: '2026 - year' },
      { name: 'sequels', type: 'references', to: 'movie' },
    ],
  },
};

const drop = (field: string) => ({ op: 'dropField', model: 'movie', field });
const trash = async () => (await ask('GET', 'trash')).body.data;
const named = async (name: string) => (await trash()).find((one: { name: string }) => one.name === name);
/** What stands in the schemas of a workspace: its tables, columns and functions. */
const standing = async (slug: string) => {
  const rows = await system.parts.sql(
    `select c.relname || '.' || a.attname as name
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ($1 || '_data', $1 || '_trash') and a.attnum > 0 and not a.attisdropped
    union all
    select p.proname || '()'
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ($1 || '_data', $1 || '_trash')
    order by 1`,
    [slug],
  );
  return rows.map(({ name }) => String(name));
};
/** As if the retention were over. */
const makeDue = () => system.parts.sql(`update remodel.trash set purge_after = now() - interval '1 hour'`);

/** What cron does once Redis knows nothing, and what comes of it. */
async function sweep(): Promise<void> {
  await system.parts.redis.command(['FLUSHALL']);
  await system.sweep();
  await system.deliverAll();
}

describe('purging now', () => {
  test('wants a confirmation, takes the data for good, and is noted', async () => {
    await done(MOVIE);
    await ask('POST', 'records/movie', { title: 'Alien', year: 1979 });
    const { fields } = (await ask('GET', 'models/movie')).body;
    await done(drop('age'), drop('year'));
    const entry = await named('year');
    const unconfirmed = await ask('DELETE', `trash/${entry.id}`);
    expect([unconfirmed.status, unconfirmed.body.code]).toEqual([409, 'purge_unconfirmed']);
    const asked = await ask('DELETE', `trash/${entry.id}?confirm=${entry.id}`);
    expect([asked.status, asked.body.name]).toEqual([202, 'year']);
    expect(await standing(ws)).toContain('movie.trash.year');
    await system.deliverAll();
    expect(await standing(ws)).not.toContain('movie.trash.year');
    expect(await named('year')).toBeUndefined();
    const gone = await ask('POST', `trash/${entry.id}/restore`);
    expect([gone.status, gone.body.code]).toEqual([404, 'unknown_trash']);
    const acts = (await ask('GET', 'audit')).body.data.filter(
      (act: { subject: string }) => act.subject === entry.id,
    );
    expect(acts.map((act: { action: string; actor: object }) => [act.action, act.actor])).toEqual([
      ['trash.purged', { kind: 'system' }],
      ['trash.purge_asked', { kind: 'root' }],
    ]);

    // What is new under the name is not what it was.
    await done({ op: 'addField', model: 'movie', field: { name: 'year', type: 'integer' } });
    const year = (list: readonly { id: string; name: string }[]) =>
      list.find(({ name }) => name === 'year')?.id;
    expect(year((await ask('GET', 'models/movie')).body.fields)).not.toBe(year(fields));
    await done(drop('year'));
    // Past the purge, its data are gone, and the plan says so.
    const back = { operations: [{ op: 'rollbackModel', model: 'movie', to: 1 }] };
    const plan = await ask('POST', 'plans', back);
    expect(plan.body.warnings).toEqual([
      'movie.year comes back empty: its data are gone, for it was purged from the trash',
    ]);
    await done(...back.operations);
    expect((await ask('GET', 'records/movie')).body.data).toMatchObject([
      { title: 'Alien', year: null, age: null },
    ]);
  });

  test('answers that it is gone to who waits', async () => {
    await done(MOVIE);
    await done(drop('title'));
    const { id } = await named('title');
    const waiting = ask('DELETE', `trash/${id}?confirm=${id}`, undefined, { Prefer: 'wait=20' });
    const delivering = setInterval(() => system.deliverAll(), 20);
    const answer = await waiting;
    clearInterval(delivering);
    expect([answer.status, answer.headers.get('Preference-Applied')]).toEqual([204, 'wait=20']);
  });
});

describe('the sweep', () => {
  test('purges what is due: columns, join tables, models with all that belongs to them', async () => {
    await done(MOVIE, { op: 'createModel', definition: { name: 'other', fields: [] } });
    await done(drop('sequels'), drop('title'));
    await done({ op: 'dropModel', model: 'movie' });
    expect((await trash()).length).toBe(3);
    await sweep();
    expect((await trash()).length).toBe(3);
    await makeDue();
    await sweep();
    expect(await trash()).toEqual([]);
    expect(await standing(ws)).toEqual(['other.created_at', 'other.id', 'other.updated_at']);
    // Names of tables are for life.
    await done(MOVIE);
    expect(await standing(ws)).toContain('movie_2.title');
  });

  test('leaves what a view of somebody else reads, and says so', async () => {
    await done(MOVIE);
    await done(drop('year'), drop('age'));
    await system.parts.sql(
      `create view public.report_${ws} as select "trash.year" as year from ${ws}_data.movie`,
    );
    await makeDue();
    await sweep();
    expect(await trash()).toMatchObject([{ name: 'year', error: { code: 'purge_refused' } }]);
    await system.parts.sql(`drop view public.report_${ws}`);
    await makeDue();
    await sweep();
    expect(await trash()).toEqual([]);
  });

  test('keeps for as long as the workspace says: for ever, or until no class can be using it', async () => {
    await done(MOVIE);
    await system.parts.sql('update remodel.workspaces set trash_retention_days = -1 where slug = $1', [ws]);
    await done(drop('title'));
    expect(await trash()).toMatchObject([{ purgeAfter: null }]);
    await sweep();
    expect((await trash()).length).toBe(1);
    await system.parts.sql('update remodel.workspaces set trash_retention_days = 0 where slug = $1', [ws]);
    await done(drop('sequels'));
    expect(await trash()).toMatchObject([{ name: 'title' }]);
    expect((await standing(ws)).filter((name) => name.startsWith('_'))).toEqual([]);
  });

  test('purges a workspace whose time has come, table by table, and nothing of another', async () => {
    const gone = ws;
    await done(MOVIE);
    await ask('POST', 'records/movie', { title: 'Alien' });
    await done(drop('sequels'));
    ws = await newWorkspace();
    await done(MOVIE);
    const kept = await standing(ws);
    await system.request('DELETE', `/v1/workspaces/${gone}`);
    await sweep();
    expect(await standing(gone)).not.toEqual([]);
    await system.parts.sql(
      `update remodel.workspaces set trashed_at = now() - interval '31 days' where slug = $1`,
      [gone],
    );
    const [row] = await system.parts.sql('select id from remodel.workspaces where slug = $1', [gone]);
    await sweep();
    expect(await standing(gone)).toEqual([]);
    const schemas = await system.parts.sql(
      `select nspname from pg_namespace where nspname = $1 or nspname like $1 || '\\_%'`,
      [gone],
    );
    expect(schemas).toEqual([]);
    const left = await system.parts.sql(
      `select 'workspace' as what from remodel.workspaces where id = $1
      union all select 'model' from remodel.models where workspace_id = $1
      union all select 'change' from remodel.changes where workspace_id = $1
      union all select 'definition' from remodel.definitions d where not exists (select from remodel.models m where m.id = d.model_id)
      union all select a.action from remodel.audit a where a.workspace_id = $1 and a.action = 'workspace.purged'`,
      [row?.['id']],
    );
    expect(left).toEqual([{ what: 'workspace.purged' }]);
    expect(await system.parts.redis.command(['EXISTS', `heads:${gone}`])).toBe(0);
    expect(await standing(ws)).toEqual(kept);
    expect((await system.request('POST', '/v1/workspaces', { slug: gone, label: 'again' })).status).toBe(201);
    ws = gone;
    await done(MOVIE);
    expect((await ask('GET', 'records/movie')).body.data).toEqual([]);
  });
});

describe('a workspace in the trash', () => {
  /** The milliseconds until the sweep looks at it, of which it asks Redis alone; null: it does not. */
  const lookedAtIn = async () => {
    const at = await system.parts.redis.command(['ZSCORE', 'due', ws]);
    return at === null ? null : Number(at) - Date.now();
  };

  test('that keeps nothing is purged by the message that its deletion sends', async () => {
    await done(MOVIE);
    await system.request('PATCH', `/v1/workspaces/${ws}`, { trashRetentionDays: 0 });
    expect((await system.request('DELETE', `/v1/workspaces/${ws}`)).status).toBe(204);
    await system.deliverAll();
    expect(await standing(ws)).toEqual([]);
    expect((await system.request('POST', '/v1/workspaces', { slug: ws })).status).toBe(201);
  });

  test('is looked at when its time comes, and not before for changes that stand still', async () => {
    const DAY = 86_400_000;
    await done(MOVIE);
    await system.request('PATCH', `/v1/workspaces/${ws}`, { trashRetentionDays: 1 });
    await ask('PUT', 'models/movie', { fields: [] });
    system.nudges.length = 0;
    await system.request('DELETE', `/v1/workspaces/${ws}`);
    await system.deliverAll();
    expect(await lookedAtIn()).toBeGreaterThan(DAY - 600_000);
    expect(await lookedAtIn()).toBeLessThanOrEqual(DAY);
    await system.parts.sql('update remodel.workspaces set trash_retention_days = -1 where slug = $1', [ws]);
    await system.deliver({ workspace: ws });
    expect(await lookedAtIn()).toBeNull();
    await system.request('POST', `/v1/workspaces/${ws}/restore`);
    await system.deliverAll();
    expect((await ask('GET', 'changes')).body.data[0].status).toBe('done');
  });
});

test('a rollback that waits behind the change that drops a field counts on its data', async () => {
  await done(MOVIE);
  await ask('POST', 'records/movie', { title: 'Alien' });
  const drops = { operations: [drop('title'), drop('sequels')] };
  const { hash } = (await ask('POST', 'plans', drops)).body;
  await ask('POST', 'changes', { ...drops, confirm: hash });
  const back = { operations: [{ op: 'rollbackModel', model: 'movie', to: 1 }] };
  const plan = await ask('POST', 'plans', back);
  expect(plan.body).toMatchObject({ warnings: [expect.stringContaining('sequels')], destructive: false });
  const sent = await ask('POST', 'changes', { ...back, confirm: plan.body.hash });
  await system.deliverAll();
  expect((await ask('GET', `changes/${sent.body.id}`)).body).toMatchObject({ status: 'done' });
  expect((await ask('GET', 'records/movie')).body.data).toMatchObject([{ title: 'Alien', sequels: [] }]);
  expect(await trash()).toEqual([]);
});
