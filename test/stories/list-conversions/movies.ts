import pg from 'pg';
import { expect } from 'vitest';
import { operations } from '../../stack/changes.ts';
import { hasSql, holdFirst, isMigrators } from '../../stack/hold.ts';
import { InProcess } from '../../stack/in-process.ts';

/** Grace ends when a test says so. */
export let stack: InProcess;
/** A session of somebody else. */
export let other: pg.Client;
let count = 0;
export let movie: string;
export let tag: string;

export async function startAll(): Promise<void> {
  stack = await InProcess.start({ GRACE_SECONDS: '3600' });
  other = new pg.Client({ connectionString: stack.parts.urls.owner });
  await other.connect();
}

export async function stopAll(): Promise<void> {
  await other.end();
  await stack.stop();
}

/** Names that no test before has used. */
export function begin(): void {
  count += 1;
  movie = `movie_${count}x`;
  tag = `tag_${count}`;
}

export function calm(): void {
  stack.parts.traffic.reset();
}

export async function send(method: string, path: string, body?: object) {
  const answer = await stack.request(method, path, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export const path = (id = '') => `/v1/main/records/${movie}${id === '' ? '' : `/${id}`}`;
export const create = async (body: object): Promise<string> => (await send('POST', path(), body)).id;
export const patch = (id: string, of: unknown) => send('PATCH', path(id), { of });
export const read = async (id: string) => (await stack.get(path(id))).body.of;
export const remove = async (id: string) =>
  (await stack.request('DELETE', `/v1/main/records/${tag}/${id}`)).status;

/** A model `movie` with a field `of` beside a model `tag`, and tags. */
export async function define(
  field: object,
  fields: readonly object[] = [],
): Promise<[string, string, string]> {
  await send('PUT', `/v1/main/models/${tag}`, { fields: [] });
  await send('PUT', `/v1/main/models/${movie}`, { fields: [{ name: 'of', to: tag, ...field }, ...fields] });
  await stack.deliverAll();
  const { data } = await send('POST', `/v1/main/records/${tag}`, [{}, {}, {}]);
  return data.map(({ id }: { readonly id: string }) => id);
}

export const alter = (set: object) => operations({ op: 'alterField', model: movie, field: 'of', set });
export const ask = (body: object) => stack.request('POST', '/v1/main/changes', body);

/** Sends a change and confirms its plan. */
export async function start(body: object): Promise<string> {
  const { hash } = await send('POST', '/v1/main/plans', body);
  return (await send('POST', '/v1/main/changes', { ...body, confirm: hash })).id;
}

export const stateOf = async (id: string) => (await stack.get(`/v1/main/changes/${id}`)).body;

export async function publish(body: object): Promise<string> {
  const id = await start(body);
  await stack.deliverAll();
  expect((await stateOf(id)).error ?? (await stateOf(id)).status).toBe('published');
  return id;
}

export async function endGrace(id: string): Promise<void> {
  await stack.parts.sql('update remodel.changes set contract_at = now() where id = $1', [id]);
  await stack.deliver({ workspace: 'main' });
  const { status, error } = await stateOf(id);
  expect(error ?? status).toBe('done');
}

/** Does something while the migrator is about to publish: all is filled, and the class before is the only one. */
export async function beforePublish(body: object, act: () => Promise<void>): Promise<string> {
  const id = await start(body);
  const held = holdFirst(
    stack.parts.traffic,
    (entry) => isMigrators(entry) && hasSql(entry, 'access exclusive'),
  );
  const delivered = stack.deliverAll();
  await held.reached;
  try {
    await act();
  } finally {
    held.release();
    await delivered;
  }
  return id;
}

/** From here on the isolate hears of no publish, as from a replica of Redis that lags behind. */
export async function hearNothing(): Promise<void> {
  const head = await stack.parts.redis.command(['HGET', 'heads:main', movie]);
  stack.parts.traffic.staleReads = ([name]) => (name?.toUpperCase() === 'HMGET' ? [head] : undefined);
}

export async function hearAgain(): Promise<void> {
  stack.parts.traffic.staleReads = undefined;
}

export const joinTable = async (): Promise<string> => {
  const rows = await stack.parts.sql(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where tablename like $1`,
    [`\\_${movie.replaceAll('_', '\\_')}\\_of\\_%`],
  );
  expect(rows).toHaveLength(1);
  return String(rows[0]?.['name']);
};

/** What the class before does to a record: the statement began before the publish, and ends after it. */
export const setColumn = (id: string, value: string | null) =>
  stack.parts.sql(`update main_data.${movie} set of = $2 where id = $1`, [id, value]);
export const setLinks = async (id: string, targets: readonly string[]) =>
  stack.parts.sql(
    `update main_data.${movie} as t set updated_at = now() where t.id = $1
    returning remodel.set_links($2, t.id, $3::uuid[])`,
    [id, await joinTable(), targets],
  );

/** What the change added and nobody needs any more. */
export const leftovers = (): Promise<readonly object[]> =>
  stack.parts.sql(
    `select t.tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and t.tgname not like 'remodel_event_%' and c.relname like $1
    union all
    select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'main_data' and p.proname like $1
    union all
    select o.conname from pg_constraint o join pg_class c on c.oid = o.conrelid
    where not o.convalidated and c.relname like $1
    union all
    select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
    where i.indpred is not null and c.relname like $1`,
    [`%${movie}%`],
  );
export const columns = async () => {
  const rows = await stack.parts.sql(
    `select column_name from information_schema.columns where table_schema = 'main_data' and table_name = $1
    order by ordinal_position`,
    [movie],
  );
  return rows.map((row) => row['column_name']).slice(3);
};

/** Until a backend waits for the other session. */
export async function waitForBlocked(): Promise<void> {
  for (;;) {
    const rows = await stack.parts.sql(
      `select pid from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
    );
    if (rows.length > 0) return;
  }
}
