import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Operator } from '../../src/definition/field-type.ts';
import { FIELD_TYPE_NAMES, isFieldType, specOf } from '../../src/definition/field-types.ts';
import { operations } from '../stack/changes.ts';
import { hasSql } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;
beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
});
afterAll(() => stack.stop());

/** A change, confirmed, brought to its end. */
async function apply(body: object): Promise<Record<string, unknown>> {
  const plan = await stack.request('POST', '/v1/main/plans', body);
  const sent = await stack.request('POST', '/v1/main/changes', { ...body, confirm: plan.body.hash });
  if (sent.status !== 202) throw new Error(JSON.stringify(sent.body));
  await stack.deliverAll();
  return (await stack.get(`/v1/main/changes/${sent.body.id}`)).body;
}

function create(model: string, record: object) {
  return stack.request('POST', `/v1/main/records/${model}`, record);
}

/** The definitions of a table's indexes as Postgres has them, each with whether it is valid. */
async function indexes(table: string) {
  const rows = await stack.parts.sql(
    `select pg_get_indexdef(i.indexrelid) as index, i.indisvalid as valid
    from pg_index i
    where i.indrelid = $1::regclass
      and not i.indisprimary`,
    [`main_data.${table}`],
  );
  return rows.map(
    ({ index, valid }) => `${valid ? '' : 'INVALID '}${/ USING (.*)/.exec(String(index))?.[1]}`,
  );
}

/** How Postgres goes about a statement, whatever its parameters, where it may not read a whole table. */
async function planOf(statement: string): Promise<string> {
  const client = new pg.Client({
    connectionString: stack.parts.urls.owner,
    options: '-c enable_seqscan=off',
  });
  await client.connect();
  try {
    const { rows } = await client.query(`explain (generic_plan, format json) ${statement}`);
    return JSON.stringify(rows);
  } finally {
    await client.end();
  }
}

describe('a partial unique index', () => {
  test('holds for the records of its condition alone, through renames, and ends with a field of it', async () => {
    await apply({
      models: [
        {
          name: 'account',
          fields: [
            { name: 'email', type: 'email' },
            { name: 'closed', type: 'boolean' },
          ],
          indexes: [{ fields: ['email'], unique: true, where: { closed: { _ne: true } } }],
        },
      ],
    });
    expect((await create('account', { email: 'a@b.cd', closed: true })).status).toBe(201);
    expect((await create('account', { email: 'a@b.cd', closed: true })).status).toBe(201);
    expect((await create('account', { email: 'a@b.cd' })).status).toBe(201);
    const again = await create('account', { email: 'a@b.cd', closed: false });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ code: 'unique_violation', errors: [{ path: '/email' }] });
    await apply(operations({ op: 'renameField', model: 'account', from: 'closed', to: 'shut' }));
    const { body } = await stack.get('/v1/main/models/account');
    expect(body.indexes).toEqual([{ fields: ['email'], unique: true, where: { shut: { _ne: true } } }]);
    await apply(operations({ op: 'dropField', model: 'account', field: 'shut' }));
    expect(await indexes('account')).toEqual([]);
    expect((await create('account', { email: 'a@b.cd' })).status).toBe(201);
  });
});

describe('an index', () => {
  test('descends where it is asked to, and is over what its condition picks', async () => {
    await apply({
      models: [
        {
          name: 'film',
          fields: [
            { name: 'title', type: 'text' },
            { name: 'released', type: 'date' },
            { name: 'made', type: 'timestamp' },
          ],
        },
      ],
    });
    const index = { fields: ['-released', 'title'], where: { made: { _gte: '2000-01-01T00:00:00+02:00' } } };
    await apply(operations({ op: 'addIndex', model: 'film', ...index }));
    expect(await indexes('film')).toEqual([
      "btree (released DESC, title) WHERE (made >= '1999-12-31 22:00:00+00'::timestamp with time zone)",
    ]);
    await apply(operations({ op: 'dropIndex', model: 'film', ...index }));
    expect(await indexes('film')).toEqual([]);
  });

  test('may have every operator of every type in its condition', async () => {
    const values: Readonly<Record<string, unknown>> = {
      integer: 1,
      bigint: '1',
      decimal: '1.5',
      float: 1.5,
      boolean: true,
      date: '2000-01-01',
      time: '12:00:00',
      timestamp: '2000-01-01T00:00:00Z',
      interval: 'P1DT0.5S',
      uuid: '00000000-0000-7000-8000-000000000000',
      json: { a: [1] },
      choices: ['x'],
      reference: '00000000-0000-7000-8000-000000000000',
    };
    const argument = (type: string, operator: Operator) => {
      const value = values[type] ?? `it's \\ "a" {b}`;
      if (operator === '_null') return true;
      if (operator === '_near') return [13.4, 52.5, 1000];
      if (operator === '_within') return [170, -10, -170, 10];
      if (type === 'choices' && operator !== '_eq' && operator !== '_ne') return ['x'];
      if (operator === '_between') return [value, value];
      return operator === '_in' || operator === '_nin' ? [value] : value;
    };
    // Lists of references have no column; some types are not in every database.
    const types = FIELD_TYPE_NAMES.filter(isFieldType).filter(
      (type) => type !== 'references' && !specOf({ type }).extension,
    );
    const fields = types.map((type) => ({
      name: `a_${type}`,
      type,
      ...(type.startsWith('choice') ? { options: ['x'] } : {}),
      ...(type === 'reference' ? { to: 'every' } : {}),
    }));
    const condition = types.flatMap((type) =>
      specOf({ type }).operators.map((operator) => ({
        [`a_${type}`]: { [operator]: argument(type, operator) },
      })),
    );
    const model = { name: 'every', fields, indexes: [{ fields: ['id'], where: { _or: condition } }] };
    expect(await apply({ models: [model] })).toMatchObject({ status: 'done' });
    expect((await indexes('every')).filter((index) => index.startsWith('btree (id) WHERE'))).toHaveLength(1);
  });

  test('over json serves those who look for a value, and for what a value contains', async () => {
    await apply({ models: [{ name: 'doc', fields: [{ name: 'meta', type: 'json', index: true }] }] });
    expect(await indexes('doc')).toEqual(['gin (meta jsonb_path_ops)']);
    await create('doc', { meta: { a: [1, 2], b: 'x' } });
    await create('doc', { meta: { a: [1, 2] } });
    const filter = encodeURIComponent(JSON.stringify({ meta: { _eq: { a: [1, 2] } } }));
    stack.parts.traffic.clear();
    const found = await stack.get(`/v1/main/records/doc?filter=${filter}&select=meta`);
    expect(found.body.data).toEqual([{ meta: { a: [1, 2] } }]);
    const [list] = stack.parts.traffic.entries.filter((entry) => hasSql(entry, 'main_data"."doc"'));
    if (list?.proxy !== 'neon') throw new Error('the list was not seen at the proxy');
    expect(await planOf(list.statements.join())).toContain('Bitmap Index Scan');
  });
});

describe('a build that outlived the migrator which began it', () => {
  test('is waited for, not begun again', async () => {
    await apply({ models: [{ name: 'slow', fields: [{ name: 'label', type: 'text' }] }] });
    const body = operations({ op: 'addIndex', model: 'slow', fields: ['label'] });
    const plan = (await stack.request('POST', '/v1/main/plans', body)).body;
    const writer = new pg.Client({ connectionString: stack.parts.urls.owner });
    const builder = new pg.Client({ connectionString: stack.parts.urls.migrator });
    await Promise.all([writer.connect(), builder.connect()]);
    await writer.query(`begin; insert into main_data.slow (label) values ('held')`);
    // Waits for the writer, as any build does.
    const built = builder.query(plan.steps[0].sql[0]);
    const { traffic } = stack.parts;
    traffic.clear();
    const looked = Promise.withResolvers<void>();
    traffic.onResponse = (entry) => {
      if (hasSql(entry, 'from pg_stat_activity')) looked.resolve();
    };
    const sent = await stack.request('POST', '/v1/main/changes', body);
    const delivered = stack.deliverAll();
    await looked.promise;
    await writer.query('commit');
    await Promise.all([built, delivered]);
    traffic.onResponse = undefined;
    expect(traffic.entries.filter((entry) => hasSql(entry, 'create index'))).toEqual([]);
    expect((await stack.get(`/v1/main/changes/${sent.body.id}`)).body).toMatchObject({ status: 'done' });
    expect(await indexes('slow')).toEqual(['btree (label)']);
    await Promise.all([writer.end(), builder.end()]);
  });
});

describe('a full-text index', () => {
  test('finds words in any of its fields, and takes texts of any length', async () => {
    await apply({
      models: [
        {
          name: 'book',
          fields: [
            { name: 'title', type: 'text' },
            { name: 'body', type: 'text' },
          ],
        },
      ],
    });
    await apply(operations({ op: 'addIndex', model: 'book', fields: ['title', 'body'], kind: 'fullText' }));
    const [index] = await indexes('book');
    const document = /^gin \((.*)\)$/.exec(index ?? '')?.[1] ?? '';
    expect(document).toContain("to_tsvector('simple'::regconfig");
    expect((await create('book', { title: 'Moby Dick' })).status).toBe(201);
    expect((await create('book', { title: 'A Whale', body: 'of a time' })).status).toBe(201);
    const search = (words: string) => `${document} @@ plainto_tsquery('simple', '${words}')`;
    const found = (words: string) =>
      stack.parts.sql(`select title from main_data.book where ${search(words)}`);
    expect(await found('moby')).toEqual([{ title: 'Moby Dick' }]);
    expect(await found('whale time')).toEqual([{ title: 'A Whale' }]);
    expect(await planOf(`select id from main_data.book where ${search('moby')}`)).toContain(
      'Bitmap Index Scan',
    );
    // Four bytes a character, and no word twice: as long a document as so many characters can make.
    const letter = (n: number) => String.fromCodePoint(0x20000 + n);
    const words = Array.from(
      { length: 100_000 },
      (_, n) => letter(n % 40_000) + letter(n % 39_999) + letter(n % 7),
    );
    expect((await create('book', { title: 'long', body: words.join(' ') })).status).toBe(201);
    const { body } = await stack.get('/v1/main/models/book');
    expect(body.indexes).toEqual([{ fields: ['title', 'body'], kind: 'fullText' }]);
  });
});
