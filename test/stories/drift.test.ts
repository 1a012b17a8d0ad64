import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS } from '../operations/operations.ts';
import { InProcess } from '../stack/in-process.ts';

const STRIDE = Number(process.env['DRIFT_STRIDE'] ?? 6);

interface Shown {
  readonly id: string;
  readonly kind: string;
  readonly model: string;
  readonly field?: string;
  readonly message: string;
  readonly repairs: readonly { readonly keep: string }[];
}

describe('drift', () => {
  let system: InProcess;
  const drift = async (workspace = 'main'): Promise<readonly Shown[]> =>
    (await system.get(`/v1/${workspace}/drift`)).body.data;
  const sql = (text: string) => system.parts.sql(text);
  /** Sends a change as its author would, having looked at the plan, and waits for its end. */
  const change = async (body: object, workspace = 'main') => {
    const plan = await system.request('POST', `/v1/${workspace}/plans`, body);
    expect([plan.status, plan.body.errors]).toEqual([200, undefined]);
    const answer = await system.request('POST', `/v1/${workspace}/changes`, {
      ...body,
      confirm: plan.body.hash,
    });
    expect(answer.status).toBe(202);
    await system.deliverAll();
    const ended = await system.get(`/v1/${workspace}/changes/${answer.body.id}`);
    expect([ended.body.status, ended.body.error]).toEqual(['done', undefined]);
    return plan.body;
  };
  const kinds = async () =>
    (await drift()).map(({ kind, model, field = '' }) => `${kind} ${model} ${field}`.trim());
  /** Repairs the one difference that there is. */
  const repair = async (keep: 'catalog' | 'database', more: object = {}) => {
    const found = await drift();
    expect(found).toHaveLength(1);
    const [one] = found;
    expect(one?.repairs).toContainEqual({ op: 'repair', difference: one?.id, keep });
    const plan = await change({ operations: [{ op: 'repair', difference: one?.id, keep }], ...more });
    expect(await drift()).toEqual([]);
    return plan;
  };
  const model = async (name = 'movie') => (await system.get(`/v1/main/models/${name}`)).body;
  const field = async (name: string, of = 'movie') =>
    (await model(of)).fields.find((one: { name: string }) => one.name === name);

  beforeAll(async () => {
    system = await InProcess.start({ GRACE_SECONDS: '0' });
    await change({
      models: [
        { name: 'person', fields: [{ name: 'name', type: 'text' }] },
        {
          name: 'movie',
          fields: [
            { name: 'title', type: 'text', required: true, maxLength: 300, index: true },
            { name: 'code', type: 'text', unique: true },
            { name: 'year', type: 'integer', min: 1888, default: 2000 },
            { name: 'rating', type: 'choice', options: ['G', 'PG'] },
            { name: 'director', type: 'reference', to: 'person' },
            { name: 'cast', type: 'references', to: 'person' },
            { name: 'twice', type: 'computed', expression: 'year * 2' },
            { name: 'released', type: 'timestamp', default: { fn: 'now' } },
            { name: 'gross', type: 'decimal', precision: 12, scale: 2 },
            { name: 'place', type: 'point', index: true },
            { name: 'notes', type: 'json', index: true },
          ],
          indexes: [{ fields: ['-year', 'title'], where: { year: { _gt: 1900 } } }],
        },
      ],
    });
    const movies = [1, 2, 3].map((n) => ({
      title: `Movie ${n}`,
      code: `M${n}`,
      year: 2000 + n,
      gross: '1.50',
    }));
    expect((await system.request('POST', '/v1/main/records/movie', movies)).status).toBe(201);
  });
  afterAll(() => system.stop());

  test('is none right after any operation, nor while it is under way', async () => {
    expect(await drift()).toEqual([]);
    await system.request('POST', '/v1/workspaces', { slug: 'all' });
    for (const [n, { name, fields, change: changeOf }] of OPERATIONS.entries()) {
      // All of them take two minutes.
      if (n % STRIDE !== 0) continue;
      const [movie, other] = [`movie${n}`, `other${n}`];
      const text = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll('"other"', `"${other}"`));
      await change({ models: [{ name: other, fields: [{ name: 'title', type: 'text' }] }] }, 'all');
      await change({ models: [{ name: movie, fields: text(fields) }] }, 'all');
      const body = text(changeOf(movie));
      const plan = await system.request('POST', '/v1/all/plans', body);
      const sent = await system.request('POST', '/v1/all/changes', { ...body, confirm: plan.body.hash });
      expect([name, sent.status]).toEqual([name, 202]);
      // A few requests into it.
      let seen = 0;
      system.parts.traffic.onRequest = async (entry) => {
        seen += entry.proxy === 'neon' ? 1 : 0;
        if (seen !== 30) return;
        seen += 1;
        expect([name, await drift('all')]).toEqual([name, []]);
      };
      await system.deliverAll();
      system.parts.traffic.reset();
      expect([name, await drift('all')]).toEqual([name, []]);
    }
  }, 300_000);

  test('is a column that came by hand: a field, or trash', async () => {
    await sql(`alter table main_data.movie add column "Budget" integer default 5`);
    await sql(`alter table main_data.person add column shoe varchar(5)`);
    expect(await kinds()).toEqual(['columnAdded movie', 'columnAdded person']);
    const [, shoe] = await drift();
    await change({ operations: [{ op: 'repair', difference: shoe?.id, keep: 'database' }] });
    expect(await field('shoe', 'person')).toMatchObject({ type: 'text', maxLength: 5 });
    const made = await system.request('POST', '/v1/main/records/person', { name: 'a', shoe: '40' });
    expect(made.body).toMatchObject({ shoe: '40' });
    const plan = await repair('catalog');
    expect(plan).toMatchObject({ destructive: true });
    const [trashed] = (await system.get('/v1/main/trash')).body.data.filter(
      (one: { name: string }) => one.name === 'budget',
    );
    expect(trashed).toMatchObject({ kind: 'field' });
    await sql(`alter table main_data.movie add column picture bytea`);
    expect(await drift()).toMatchObject([{ kind: 'columnAdded', repairs: [] }]);
    await sql(`alter table main_data.movie drop column picture`);
  });

  test('is a column that went: made anew, or no field', async () => {
    const drop = async (keep: 'catalog' | 'database') => {
      await sql('alter table main_data.movie drop column code cascade');
      const [missing, ...others] = await drift();
      expect([missing?.kind, missing?.field, others]).toEqual(['columnMissing', 'code', []]);
      return change({ operations: [{ op: 'repair', difference: missing?.id, keep }] });
    };
    await drop('catalog');
    // What read the column went with it.
    expect(await kinds()).toEqual(['viewMissing movie']);
    await repair('catalog');
    expect((await system.request('POST', '/v1/main/records/movie', { title: 'x', code: 'X' })).status).toBe(
      201,
    );
    expect((await system.request('POST', '/v1/main/records/movie', { title: 'x', code: 'X' })).status).toBe(
      409,
    );
    expect(await drop('database')).toMatchObject({ destructive: true });
    expect(await drift()).toEqual([]);
    expect(await field('code')).toBeUndefined();
  });

  test('is a column of another type, default, or rule for null', async () => {
    await sql('drop view main.movie; alter table main_data.movie alter column gross type text');
    expect(await kinds()).toEqual(['columnType movie gross', 'viewMissing movie']);
    const [type] = await drift();
    await change({ operations: [{ op: 'repair', difference: type?.id, keep: 'catalog' }] });
    expect(await drift()).toEqual([]);
    const list = await system.get('/v1/main/records/movie?filter[title][_eq]=Movie 1');
    expect(list.body.data).toMatchObject([{ gross: '1.50' }]);
    await sql('drop view main.movie; alter table main_data.movie alter column rating type varchar(9)');
    const changed = (await drift()).find(({ kind }) => kind === 'columnType');
    expect(changed?.message).toContain('character varying(9)');
    await change({ operations: [{ op: 'repair', difference: changed?.id, keep: 'database' }] });
    expect(await field('rating')).toMatchObject({ type: 'text', maxLength: 9 });
    // The rule of the choice is there still, and is the field's no more.
    expect(await kinds()).toEqual(['constraintAdded movie']);
    await repair('catalog');

    await sql('alter table main_data.movie alter column title drop not null');
    await repair('catalog');
    await sql('alter table main_data.movie alter column title drop not null');
    await repair('database');
    expect(await field('title')).not.toHaveProperty('required');
    await sql('alter table main_data.movie alter column year set default 1999');
    await repair('database');
    expect(await field('year')).toMatchObject({ default: 1999 });
    await sql('alter table main_data.movie alter column year drop default');
    await repair('catalog');
  });

  test('is an index that is gone or not valid', async () => {
    const indexes = async () =>
      (await system.get('/v1/main/database/tables/main_data.movie')).body.indexes.filter(
        ({ primary }: { primary: boolean }) => !primary,
      );
    for (const { name } of await indexes()) {
      await sql(`drop index main_data."${name}"`);
      await repair('catalog');
    }
    const [{ name }] = (await indexes()).filter(({ definition }: { definition: string }) =>
      definition.includes('(title)'),
    );
    await sql(`update pg_index set indisvalid = false where indexrelid = 'main_data."${name}"'::regclass`);
    expect(await kinds()).toEqual(['indexInvalid movie']);
    await repair('catalog');
    await sql(`update pg_index set indisvalid = false where indexrelid = 'main_data."${name}"'::regclass`);
    await repair('database');
    expect(await field('title')).not.toHaveProperty('index');
    expect((await indexes()).map((index: { name: string }) => index.name)).not.toContain(name);
  });

  test('is an index that came by hand: dropped, kept, or said by the definition', async () => {
    const indexes = async () =>
      (await system.get('/v1/main/database/tables/main_data.movie')).body.indexes.map(
        (index: { name: string }) => index.name,
      );
    const before = await indexes();
    const makes = [
      'create index by_hand on main_data.movie (released desc, title)',
      'create unique index by_hand on main_data.movie (id, year)',
      'alter table main_data.movie add constraint by_hand unique (id, title)',
      'create index by_hand on main_data.movie (lower(title))',
      'create index by_hand on main_data.movie (director)',
    ];
    for (const make of makes) {
      await sql(make);
      expect(await kinds()).toEqual(['indexAdded movie']);
      await repair('catalog');
      expect(await indexes()).toEqual(before);
    }
    await sql(`${makes[0]}; ${makes[2]?.replace('by_hand', 'by_hand_2')}`);
    for (const found of await drift()) {
      await change({ operations: [{ op: 'repair', difference: found.id, keep: 'database' }] });
    }
    expect(await drift()).toEqual([]);
    expect((await model()).indexes).toEqual(
      expect.arrayContaining([{ fields: ['-released', 'title'] }, { fields: ['id', 'title'], unique: true }]),
    );
    await change({
      operations: [
        { op: 'dropIndex', model: 'movie', fields: ['-released', 'title'] },
        { op: 'dropUnique', model: 'movie', fields: ['id', 'title'] },
      ],
    });
    expect(await indexes()).toEqual(before);
    await sql(String(makes[3]));
    await repair('database');
    expect(await indexes()).toContain('by_hand');
    await sql('drop index main_data.by_hand');
  });

  test('of many kinds at once is repaired by one change, in either direction', async () => {
    const before = await model();
    const [{ name: ofDirector } = { name: '' }] = (
      await system.get('/v1/main/database/tables/main_data.movie')
    ).body.indexes.filter(({ definition }: { definition: string }) => definition.includes('(director)'));
    const [{ text } = {}] = await sql(`select pg_get_viewdef('main.movie'::regclass) as text`);
    const [{ trigger } = {}] = await sql(
      `select tgname as trigger from pg_trigger where tgrelid = 'main_data.movie'::regclass and tgname like 'then%'`,
    );
    await sql(`
      drop index main_data."${ofDirector}";
      create index by_hand on main_data.movie (released);
      alter table main_data.movie add column extra text, add column other integer,
        alter column year set default 1950, disable trigger "${trigger}", disable trigger remodel_event_insert;
      create or replace view main.movie as ${String(text).replace(';', ' where false')}`);
    const found = await drift();
    expect(found.map(({ kind }) => kind)).toEqual([
      'columnDefault',
      'columnAdded',
      'columnAdded',
      'indexMissing',
      'indexAdded',
      'feedMissing',
      'computedChanged',
      'viewChanged',
    ]);
    const operations = (keep: (one: Shown) => string) => ({
      operations: found.map((one) => ({ op: 'repair', difference: one.id, keep: keep(one) })),
    });
    // Of the two columns, one becomes a field.
    const isKept = ({ kind, message }: Shown) => kind === 'columnDefault' || message.includes('column other');
    const mixed = operations((one) => (isKept(one) ? 'database' : 'catalog'));
    const twice = { operations: [...mixed.operations, mixed.operations[0]] };
    expect((await system.request('POST', '/v1/main/plans', twice)).body).toMatchObject({
      errors: [{ path: '/operations/8/difference', code: 'not_alone' }],
    });
    await change(mixed);
    expect(await drift()).toEqual([]);
    expect(await field('year')).toMatchObject({ default: 1950 });
    expect(await field('other')).toMatchObject({ type: 'integer' });
    expect(await field('extra')).toBeUndefined();
    const records = (await system.get('/v1/main/records/movie?count=exact')).body.page.total;
    expect(await sql('select count(other) as n, count(*)::integer as total from main.movie')).toEqual([
      { n: '0', total: records },
    ]);
    await change({ operations: [{ op: 'dropField', model: 'movie', field: 'other' }] });
    await change({
      operations: [{ op: 'alterField', model: 'movie', field: 'year', set: { default: 1999 } }],
    });
    expect((await model()).fields).toEqual(before.fields);
  });

  test('is a computed field that is worked out otherwise, or no more', async () => {
    const twice = async () =>
      (await system.get('/v1/main/records/movie?filter[twice][_null]=false&sort=title')).body.data.map(
        ({ year, twice: value }: { year: number; twice: number }) => value / year,
      );
    const write = (factor: number) =>
      sql(`update main_data.movie set year = year + 1; update main_data.movie set year = year - 1`).then(
        async () => expect(new Set(await twice())).toEqual(new Set([factor])),
      );
    await write(2);
    const [made] = await sql(`
      select p.oid::regprocedure::text as function, p.prosrc as body, g.tgname as trigger
      from pg_trigger g join pg_proc p on p.oid = g.tgfoid
      where g.tgrelid = 'main_data.movie'::regclass and g.tgname like 'then%'`);
    const body = String(made?.['body']).replace('2', '3');
    await sql(
      `create or replace function ${made?.['function']} returns trigger language plpgsql as $$${body}$$`,
    );
    await write(3);
    expect(await drift()).toMatchObject([{ kind: 'computedChanged', field: 'twice', repairs: [{}] }]);
    await repair('catalog');
    expect(new Set(await twice())).toEqual(new Set([2]));
    await sql(`alter table main_data.movie disable trigger "${made?.['trigger']}"`);
    await sql(`alter table main_data.movie disable trigger remodel_event_insert`);
    for (const found of await drift()) {
      await change({ operations: [{ op: 'repair', difference: found.id, keep: 'catalog' }] });
    }
    expect(await drift()).toEqual([]);
    await write(2);
    await sql(`drop function ${made?.['function']} cascade`);
    await repair('catalog');
    await sql(`drop function ${made?.['function']} cascade`);
    expect(await repair('database')).toMatchObject({ destructive: true });
    expect(await field('twice')).toMatchObject({ type: 'integer' });
    const entered = await system.request('POST', '/v1/main/records/movie', { title: 'by hand', twice: 5 });
    expect([entered.status, entered.body.twice]).toEqual([201, 5]);
  });

  test('is a constraint that is gone or was never validated', async () => {
    const { constraints } = (await system.get('/v1/main/database/tables/main_data.movie')).body;
    const named = (kind: string, text: string) =>
      constraints.find(
        (one: { kind: string; definition: string }) => one.kind === kind && one.definition.includes(text),
      );
    const check = named('check', '1888');
    const drop = (one: { name: string }) => sql(`alter table main_data.movie drop constraint "${one.name}"`);
    await drop(check);
    await repair('catalog');
    await drop(check);
    await sql(`alter table main_data.movie add constraint "${check.name}" ${check.definition} not valid`);
    expect(await kinds()).toEqual(['constraintInvalid movie year']);
    await repair('catalog');
    await drop(check);
    await repair('database');
    expect(await field('year')).not.toHaveProperty('min');
    const key = named('foreignKey', 'person');
    await drop(key);
    await repair('catalog');
    await drop(key);
    await repair('database');
    expect(await field('director')).toMatchObject({ type: 'uuid', index: true });
  });

  test('is a rule that came by hand: dropped, or kept', async () => {
    const rule = `alter table main_data.movie add constraint by_hand check (year < 3000)`;
    await sql(rule);
    expect(await kinds()).toEqual(['constraintAdded movie']);
    await repair('catalog');
    await sql(
      `${rule}; alter table main_data.movie add constraint by_hand_2 foreign key (director) references main_data.person`,
    );
    const found = await drift();
    expect(found.map(({ kind }) => kind)).toEqual(['constraintAdded', 'constraintAdded']);
    await change({ operations: found.map(({ id }) => ({ op: 'repair', difference: id, keep: 'database' })) });
    expect(await drift()).toEqual([]);
    const answer = await system.request('POST', '/v1/main/records/movie', { title: 'far', year: 4000 });
    expect(answer.body).toMatchObject({ code: 'check_violation' });
    await sql('alter table main_data.movie drop constraint by_hand, drop constraint by_hand_2');
  });

  test('is a table that requests cannot read or write', async () => {
    await sql('revoke insert, delete on main_data.movie from remodel_edge');
    expect(await drift()).toMatchObject([
      { kind: 'rightsMissing', message: expect.stringContaining('insert, delete') },
    ]);
    await repair('catalog');
    await sql('alter table main_data.movie enable row level security');
    const [hidden] = await drift();
    expect(hidden).toMatchObject({ kind: 'tableBlocked', repairs: [] });
    await sql(String(hidden?.message.split(', and run ')[1]));
    expect(await drift()).toEqual([]);
  });

  test('is a key, or what a list is held together by, that is gone', async () => {
    await sql(`
      alter table main_data.movie alter column id drop default, alter column created_at drop default;
      alter table main_data.person drop constraint person_pkey cascade`);
    const [{ name: links } = {}] = await sql(
      `select relname as name from pg_class where relname like '\\_movie\\_cast%' and relkind = 'r'`,
    );
    await sql(`
      drop trigger remodel_event_delete on main_data."${links}";
      do $$ begin execute (
        select format('drop index main_data.%I', indexname) from pg_indexes where tablename = '${links}' and indexdef like '%(target, source)'
      ); end $$;
      do $$ begin execute (
        select format('alter table main_data.%I drop constraint %I', '${links}', conname)
        from pg_constraint where conrelid = 'main_data."${links}"'::regclass and pg_get_constraintdef(oid) like '%(source) REFERENCES%'
      ); end $$`);
    const found = await drift();
    expect(found.map(({ kind, model: of, field: name }) => `${kind} ${of} ${name}`)).toEqual([
      'constraintMissing movie cast',
      'constraintMissing movie cast',
      'indexMissing movie cast',
      'feedMissing movie cast',
      'columnDefault movie id',
      'columnDefault movie created_at',
      'constraintMissing person id',
    ]);
    await change({ operations: found.map(({ id }) => ({ op: 'repair', difference: id, keep: 'catalog' })) });
    expect(await drift()).toEqual([]);
    const [person] = (await system.get('/v1/main/records/person')).body.data;
    const record = { title: 'linked', cast: [person.id] };
    const made = await system.request('POST', '/v1/main/records/movie', record);
    expect([made.status, made.body.cast]).toEqual([201, [person.id]]);
    const orphan = await sql(`insert into main_data.person (name) values ('by hand') returning id`);
    expect(orphan).toHaveLength(1);
    expect((await system.request('DELETE', `/v1/main/records/person/${person.id}`)).status).toBe(204);
    const left = await system.get(`/v1/main/records/movie/${made.body.id}`);
    expect(left.body.cast).toEqual([]);
    await sql(`alter table main_data."${links}" drop constraint "${links}_pkey"`);
    expect(await drift()).toMatchObject([{ kind: 'constraintMissing', field: 'cast', repairs: [] }]);
    await sql(`alter table main_data."${links}" add primary key (source, target)`);
  });

  test('is a trigger, a view, a list or a table that is gone, or somebody else in its place', async () => {
    await sql('drop trigger remodel_event_update on main_data.movie');
    expect(await kinds()).toEqual(['feedMissing movie']);
    await repair('catalog');
    await sql('drop view main.movie');
    await repair('catalog');
    await sql('alter view main.movie rename column title to name');
    expect(await kinds()).toEqual(['viewChanged movie']);
    await repair('catalog');
    await sql('drop view main.movie; create view main.movie as select 1 as one');
    expect(await drift()).toMatchObject([{ kind: 'viewBlocked', repairs: [] }]);
    await sql('drop view main.movie');
    await repair('catalog');
    const { column } =
      (
        await sql(
          `select relname as column from pg_class where relname like '\\_movie\\_cast%' and relkind = 'r'`,
        )
      )[0] ?? {};
    await sql(`drop table main_data."${column}" cascade`);
    expect(await kinds()).toEqual(['listMissing movie cast']);
    const [list] = await drift();
    await change({ operations: [{ op: 'repair', difference: list?.id, keep: 'catalog' }] });
    await repair('catalog');
    await sql('drop table main_data.movie cascade');
    const [gone] = await drift();
    expect(gone).toMatchObject({ kind: 'tableMissing', message: expect.stringContaining(String(column)) });
    await sql(`drop table main_data."${column}" cascade`);
    await repair('catalog');
    expect((await system.request('POST', '/v1/main/records/movie', { title: 'first' })).status).toBe(201);
    await sql('drop table main_data.movie cascade');
    await repair('database');
    expect((await model()).code).toBe('unknown_model');
  });

  test('is a view that reads something else, or belongs to another, whose readers keep it', async () => {
    const [{ body: text } = {}] = await sql(`select pg_get_viewdef('main.person'::regclass) as body`);
    const read = async () => (await sql('select name from main.person')).length;
    const all = await read();
    expect(all).toBeGreaterThan(0);
    await sql(`create view public.readers as select name from main.person`);
    await sql(`create role analyst; grant select on main.person to analyst`);
    await sql(`create or replace view main.person as ${String(text).replace(';', ' where false')}`);
    expect([await kinds(), await read()]).toEqual([['viewChanged person'], 0]);
    expect((await repair('catalog')).destructive).toBe(false);
    expect(await read()).toBe(all);
    expect(await sql('select name from public.readers')).toHaveLength(all);
    expect(await sql(`select has_table_privilege('analyst', 'main.person', 'select') as may`)).toEqual([
      { may: true },
    ]);
    // What says the same in other words is no difference, nor is what came out of a dump.
    await sql(`create or replace view main.person as ${text}`);
    expect(await drift()).toEqual([]);
    // With the columns of another, and nobody who reads it.
    await sql(`drop view public.readers`);
    await sql(`alter view main.person rename column name to called`);
    await repair('catalog');
    expect(await read()).toBe(all);

    await sql(`alter view main.person owner to analyst`);
    expect(await drift()).toMatchObject([
      { kind: 'viewBlocked', repairs: [], message: expect.stringContaining('analyst') },
    ]);
    await sql(`alter view main.person owner to remodel_migrator`);
    await sql(`alter table main_data.person owner to analyst`);
    const [blocked] = await drift();
    expect(blocked).toMatchObject({ kind: 'tableBlocked', repairs: [] });
    await sql(String(blocked?.message.split(': run ')[1]));
    expect(await drift()).toEqual([]);
  });

  test('is repaired by what is there: an id of before is known no more', async () => {
    await sql('alter table main_data.person add column other integer');
    const [one] = await drift();
    await sql('alter table main_data.person drop column other');
    const body = { operations: [{ op: 'repair', difference: one?.id, keep: 'catalog' }] };
    expect((await system.request('POST', '/v1/main/plans', body)).body).toMatchObject({
      code: 'unknown_difference',
    });
  });
});
