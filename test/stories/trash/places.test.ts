import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Answer } from '../../stack/answer.ts';
import { operations } from '../../stack/changes.ts';
import { InProcess } from '../../stack/in-process.ts';

let system: InProcess;
beforeAll(async () => {
  system = await InProcess.start({ GRACE_SECONDS: '3600' });
});
afterAll(() => system.stop());

let workspaces = 0;
/** A workspace and a schema of the operator's, for each test. */
let ws: string;
let legacy: string;
beforeEach(async () => {
  workspaces += 1;
  ws = `ws${workspaces}`;
  legacy = `legacy${workspaces}`;
  await system.request('POST', '/v1/workspaces', { slug: ws });
  await sql(`create schema ${legacy}`);
});

const sql = (text: string, params: unknown[] = []) => system.parts.sql(text, params);
const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
  system.request(method, `/v1/${ws}/${path}`, body);
const text = (name: string, rest: object = {}) => ({ name, type: 'text', ...rest });

/** Tables of the operator's, as SQL in which SCHEMA stands for theirs, with the rights to adopt them. */
async function tables(statements: string): Promise<void> {
  await sql(`
    ${statements.replaceAll('SCHEMA', legacy)};
    grant usage, create on schema ${legacy} to remodel_migrator;
    grant usage on schema ${legacy} to remodel_edge;
    do $$ declare one record; begin
      for one in select tablename from pg_tables where schemaname = '${legacy}' loop
        execute format('alter table ${legacy}.%I owner to remodel_migrator', one.tablename);
      end loop;
    end $$`);
}

/** Sends a change, confirmed as its plan is, and delivers it: it is published, or ended. */
async function sent(...list: readonly object[]): Promise<string> {
  const plan = await ask('POST', 'plans', operations(...list));
  const answer = await ask('POST', 'changes', { ...operations(...list), confirm: plan.body.hash });
  expect(answer.status, JSON.stringify(answer.body)).toBe(202);
  await system.deliver({ workspace: ws });
  return answer.body.id;
}

/** The end of grace of all that was published. */
async function graceOver(): Promise<void> {
  await sql(`update remodel.changes set contract_at = now() where status = 'published'`);
  await system.deliver({ workspace: ws });
}

/** The same, and its contract steps as well. */
async function done(...list: readonly object[]): Promise<void> {
  const id = await sent(...list);
  await graceOver();
  const { body } = await ask('GET', `changes/${id}`);
  expect(body, JSON.stringify(body.error)).toMatchObject({ status: 'done' });
  expect(body).not.toHaveProperty('error');
}

const trashed = async (name: string) => {
  const { body } = await ask('GET', 'trash');
  return body.data.find((entry: { name: string }) => entry.name === name).id;
};
const restore = async (name: string, rest: object = {}) => ({
  op: 'restore',
  trash: await trashed(name),
  ...rest,
});
const records = async (model: string) => (await ask('GET', `records/${model}?sort=id`)).body.data;

describe('tables of one name', () => {
  const FILM = `create table SCHEMA.film (id bigserial primary key, title text unique);
    insert into SCHEMA.film (title) values ('adopted')`;

  test('lie in the trash together, and each comes back to its own place', async () => {
    await tables(FILM);
    await done({
      op: 'createModel',
      definition: { name: 'film', fields: [text('title', { unique: true })] },
    });
    await ask('POST', 'records/film', { title: 'own' });
    await done({ op: 'adopt', table: `${legacy}.film`, as: 'old_film' });
    const before = await records('old_film');
    for (const model of ['old_film', 'film']) await done({ op: 'dropModel', model });
    expect(await sql(`select from pg_tables where schemaname in ('${ws}_data', '${legacy}')`)).toEqual([]);

    await done(await restore('film'));
    expect(await records('film')).toMatchObject([{ title: 'own' }]);
    await done(await restore('old_film'));
    expect(await records('old_film')).toEqual(before);
    expect(await sql(`select title from ${legacy}.film`)).toEqual([{ title: 'adopted' }]);
    expect((await ask('POST', 'records/old_film', { title: 'adopted' })).body.code).toBe('unique_violation');
    expect((await ask('GET', 'trash')).body.data).toEqual([]);
  });

  test('lie there also where the operator made one again in the place of the one that was dropped', async () => {
    for (const as of ['first', 'second']) {
      await tables(FILM);
      await done({ op: 'adopt', table: `${legacy}.film`, as });
      await sql(`update ${legacy}.film set title = $1`, [as]);
      await done({ op: 'dropModel', model: as });
    }
    await done(await restore('second'));
    expect(await records('second')).toMatchObject([{ title: 'second' }]);
    await done({ op: 'dropModel', model: 'second' });
    await done(await restore('first'));
    expect(await records('first')).toMatchObject([{ title: 'first' }]);
  });
});

describe('a purge', () => {
  const purge = async (name: string) => {
    const id = await trashed(name);
    expect((await ask('DELETE', `trash/${id}?confirm=${id}`)).status).toBe(202);
    await system.deliver({ workspace: ws });
  };

  test('takes the table of its own model, and no other of that name', async () => {
    await tables(`create table SCHEMA.film (id bigserial primary key, title text)`);
    await done({ op: 'createModel', definition: { name: 'film', fields: [text('title')] } });
    await ask('POST', 'records/film', { title: 'own' });
    await done({ op: 'adopt', table: `${legacy}.film`, as: 'old_film' });
    await done({ op: 'dropField', model: 'old_film', field: 'title' });
    for (const model of ['old_film', 'film']) await done({ op: 'dropModel', model });
    await purge('title');
    await purge('old_film');
    expect((await ask('GET', 'trash')).body.data).toMatchObject([{ name: 'film' }]);
    expect(await sql(`select from pg_namespace where starts_with(nspname, '${ws}_trash_')`)).toEqual([]);
    await done(await restore('film'));
    expect(await records('film')).toMatchObject([{ title: 'own' }]);
  });
});

describe('a model that comes back, together with what looks at its rows', () => {
  const planned = async (...list: readonly object[]) => {
    const { status, body } = await ask('POST', 'plans', operations(...list));
    return [status, body.checks?.map(({ kind, field, failing }: Checked) => `${kind} ${field}: ${failing}`)];
  };
  type Checked = { readonly kind: string; readonly field: string; readonly failing: number };
  const set = (field: string, wanted: object) => ({ op: 'alterField', model: 'm', field, set: wanted });

  test('is looked at where its table lies: before the end of grace and after it', async () => {
    await done({
      op: 'createModel',
      definition: { name: 'm', fields: [text('x', { required: true }), text('y')] },
    });
    await ask('POST', 'records/m', [{ x: 'a', y: 'long' }, { x: 'b', y: 'long' }, { x: 'c' }]);
    await done({ op: 'dropField', model: 'm', field: 'x' });
    await ask('POST', 'records/m', {});
    await sent({ op: 'dropModel', model: 'm' });
    const back = [await restore('m')];
    for (const when of ['published', 'done']) {
      if (when === 'done') await graceOver();
      expect(await planned(...back, set('y', { required: true }))).toEqual([200, ['required y: 2']]);
      expect(await planned(...back, set('y', { maxLength: 3 }))).toEqual([200, ['check y: 2']]);
      expect(await planned(...back, set('y', { type: 'integer' }))).toEqual([200, ['conversion y: 2']]);
      const unique = { op: 'addUnique', model: 'm', fields: ['y'] };
      expect(await planned(...back, unique)).toEqual([200, ['unique y: 2']]);
      expect(await planned(...back, await restore('x'))).toEqual([200, ['required x: 1']]);
    }
    await done(...back, { ...(await restore('x')), as: 'z' }, set('z', { required: false }));
    const kept = (await records('m')).map(({ z }: { readonly z: string | null }) => z);
    expect(kept.toSorted()).toEqual(['a', 'b', 'c', null]);
  });

  test('is looked at with its lists', async () => {
    await done(
      { op: 'createModel', definition: { name: 'tag', key: 'text', fields: [] } },
      {
        op: 'createModel',
        definition: {
          name: 'm',
          fields: ['a', 'b'].map((name) => ({ name, type: 'references', to: 'tag' })),
        },
      },
    );
    await ask('POST', 'records/tag', [{ id: '1' }, { id: '2' }]);
    await ask('POST', 'records/m', { a: ['1', '2'], b: ['1', '2'] });
    await done({ op: 'dropField', model: 'm', field: 'a' });
    const one = (field: string) => set(field, { type: 'reference' });
    expect(await planned(await restore('a'), one('a'))).toEqual([200, ['conversion a: 1']]);
    await done({ op: 'dropModel', model: 'm' });
    expect(await planned(await restore('m'), one('b'))).toEqual([200, ['conversion b: 1']]);
    expect(await planned(await restore('m'), await restore('a'), one('a'))).toEqual([
      200,
      ['conversion a: 1'],
    ]);
  });
});

describe('a column that comes back', () => {
  test('takes no name that the key has by now', async () => {
    await done({ op: 'createModel', definition: { name: 'm', key: 'uuid', fields: [text('a')] } });
    const { id } = (await ask('POST', 'records/m', { a: 'x' })).body;
    await done({ op: 'changeKey', model: 'm', key: 'bigint', generate: true });
    await done(await restore('id', { as: 'old_id' }));
    expect(await records('m')).toMatchObject([{ a: 'x', old_id: id }]);
  });

  test('takes no name that another gets that comes back with it', async () => {
    const dropped = (to: string) => [
      { op: 'dropField', model: 'm', field: 'x' },
      { op: 'renameField', model: 'm', from: to, to: 'x' },
      { op: 'alignNames', model: 'm' },
    ];
    await done({
      op: 'createModel',
      definition: { name: 'm', fields: ['x', 'y', 'z'].map((name) => text(name)) },
    });
    await ask('POST', 'records/m', { x: '1', y: '2', z: '3' });
    for (const one of [...dropped('y'), ...dropped('z')]) await done(one);
    await done({ op: 'rollbackModel', model: 'm', to: 1 });
    expect(await records('m')).toMatchObject([{ x: '1', y: '2', z: '3' }]);
  });

  const CHECKED = `create table SCHEMA.p (
    no text primary key,
    v text check (v is null or v like 'a%' or v like 'b%'),
    n integer constraint positive check (n >= 1)
  )`;
  const checks = async () => {
    const rows = await sql(
      `select pg_get_constraintdef(oid) as rule from pg_constraint where contype = 'c' and conrelid = '${legacy}.p'::regclass`,
    );
    return rows.map(({ rule }) => String(rule)).toSorted();
  };

  test('keeps the rules that no definition says', async () => {
    await tables(CHECKED);
    await done({ op: 'adopt', table: `${legacy}.p` });
    const before = await checks();
    await done({ op: 'dropField', model: 'p', field: 'v' }, { op: 'dropField', model: 'p', field: 'n' });
    await done(await restore('v'), await restore('n'), {
      op: 'alterField',
      model: 'p',
      field: 'n',
      set: { min: 0 },
    });
    expect(await checks()).toEqual(before.map((rule) => rule.replace('n >= 1', 'n >= 0')));
  });

  test('has all rules still where the change is taken back', async () => {
    await tables(CHECKED);
    await done({ op: 'adopt', table: `${legacy}.p` });
    await ask('POST', 'records/p', { id: '1', v: 'a', n: 1 });
    const before = await checks();
    await done({ op: 'dropField', model: 'p', field: 'v' }, { op: 'dropField', model: 'p', field: 'n' });
    await tables(`create function SCHEMA.refuse() returns trigger language plpgsql as $$ begin
        raise exception 'refused, as the test asked for' using errcode = '23514';
      end $$;
      create trigger refuse before update on SCHEMA.p for each row execute function SCHEMA.refuse()`);
    await ask('POST', 'records/p', { id: '2' });
    const wanted = operations(await restore('v'), await restore('n'), {
      op: 'alterField',
      model: 'p',
      field: 'n',
      set: { required: true },
    });
    const failed = await ask('POST', 'changes', { ...wanted, backfill: { 'p.n': 1 } });
    expect(failed.status, JSON.stringify(failed.body)).toBe(202);
    await system.deliver({ workspace: ws });
    expect((await ask('GET', `changes/${failed.body.id}`)).body).toMatchObject({ status: 'failed' });
    expect((await ask('GET', 'trash')).body.data).toHaveLength(2);
    const inTrash = before.map((rule) => rule.replace(/\b([vn])\b(?= |\)| ~)/g, '"trash.$1"'));
    expect(await checks()).toEqual(inTrash.toSorted());
  });
});

describe('a table that did not get to the trash', () => {
  test('comes back from where it stands', async () => {
    await done({ op: 'createModel', definition: { name: 'film', fields: [text('title')] } });
    await ask('POST', 'records/film', { title: 'own' });
    await sql(`create schema ${ws}_trash; create table ${ws}_trash.film (other text)`);
    await sql(`alter schema ${ws}_trash owner to remodel_migrator`);
    const drop = await sent({ op: 'dropModel', model: 'film' });
    await graceOver();
    expect((await ask('GET', `changes/${drop}`)).body).toMatchObject({ error: { code: 'step_failed' } });
    const id = await trashed('film');
    await ask('DELETE', `trash/${id}?confirm=${id}`);
    await system.deliver({ workspace: ws });
    expect((await ask('GET', 'trash')).body.data).toMatchObject([{ error: { code: 'purge_refused' } }]);
    expect(
      await sql(`select from pg_tables where tablename = 'film' and starts_with(schemaname, '${ws}_')`),
    ).toHaveLength(2);
    await done(await restore('film'));
    expect(await records('film')).toMatchObject([{ title: 'own' }]);
  });
});
