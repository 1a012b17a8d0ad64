import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { wireEdge } from '../../functions/wire-edge.ts';
import { createApp } from '../../src/http/app.ts';
import { NOBODY_WAITS, readAnswer, requestInit } from '../stack/answer.ts';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';
import { hashOf } from '../stack/model-hash.ts';

/** Grace ends when a test says so. */
let stack: InProcess;
beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '3600' });
  await send('PUT', '/v1/main/models/maker', { key: 'text', fields: [] });
  await stack.deliverAll();
  await send('POST', '/v1/main/records/maker', { id: 'there' });
});
afterAll(() => stack.stop());

async function send(method: string, path: string, body: object) {
  const answer = await stack.request(method, path, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function endGrace(id: string) {
  await stack.parts.sql('update remodel.changes set contract_at = now() where id = $1', [id]);
  await stack.deliver({ workspace: 'main' });
  return (await stack.get(`/v1/main/changes/${id}`)).body;
}

interface Row {
  /** The field as it was, and what is set. */
  readonly was: object;
  readonly set: object;
  /** What the class before writes after the publish, as it always did. */
  readonly old: string | null;
  /** What the next class may write from the publish on. */
  readonly next: unknown;
  /** What the contract finds of the class before; it is enforced where that is nothing. */
  readonly found?: { readonly kind: string; readonly failing: number };
  /** The constraint that the same write meets after the contract, by its SQLSTATE. */
  readonly refusal?: string;
  readonly backfill?: unknown;
}

const text = { type: 'text' };
const choice = { type: 'choice', options: ['a', 'b'] };
const ROWS: Readonly<Record<string, Row>> = {
  'becomes required, and gets a value for nulls': {
    was: text,
    set: { required: true },
    backfill: 'filled',
    old: null,
    next: 'n',
    // It is in a column of its own by then.
    refusal: '42703',
  },
  'becomes required': {
    was: text,
    set: { required: true },
    old: null,
    next: 'n',
    found: { kind: 'required', failing: 1 },
  },
  'is no longer required': {
    was: { ...text, required: true },
    set: { required: false },
    old: 'o',
    next: null,
  },
  'gets a default': { was: text, set: { default: 'd' }, old: null, next: 'n' },
  'loses its default': { was: { ...text, default: 'd' }, set: { default: null }, old: 'o', next: null },
  'becomes unique': {
    was: text,
    set: { unique: true },
    old: 'first',
    next: 'n',
    found: { kind: 'unique', failing: 2 },
  },
  'becomes unique, and nobody repeats a value': {
    was: text,
    set: { unique: true },
    old: 'o',
    next: 'n',
    refusal: '23505',
  },
  'is no longer unique': { was: { ...text, unique: true }, set: { unique: false }, old: 'o', next: 'first' },
  'gets a stricter minimum': {
    was: { type: 'integer', min: 1 },
    set: { min: 5 },
    old: '2',
    next: 6,
    found: { kind: 'check', failing: 1 },
  },
  'gets a looser minimum': { was: { type: 'integer', min: 5 }, set: { min: 1 }, old: '7', next: 2 },
  'gets a stricter length': { was: text, set: { maxLength: 5 }, old: 'fits', next: 'n' },
  'gets a looser length': {
    was: { ...text, maxLength: 5 },
    set: { maxLength: 9 },
    old: 'fits',
    next: 'is longer',
  },
  'gets a pattern': {
    was: text,
    set: { pattern: '^[a-z]+$' },
    old: 'NO',
    next: 'yes',
    found: { kind: 'check', failing: 1 },
  },
  'loses its pattern': {
    was: { ...text, pattern: '^[a-z]+$' },
    set: { pattern: null },
    old: 'o',
    next: 'YES',
  },
  'gets an option more': { was: choice, set: { options: ['a', 'b', 'c'] }, old: 'b', next: 'c' },
  'gets an option less': {
    was: choice,
    set: { options: ['a'] },
    old: 'b',
    next: 'a',
    found: { kind: 'check', failing: 1 },
  },
  'gets an option less that nobody writes any more': {
    was: choice,
    set: { options: ['a'] },
    old: 'a',
    next: 'a',
  },
  'becomes a reference': {
    was: text,
    set: { type: 'reference', to: 'maker' },
    old: 'nobody',
    next: 'there',
    found: { kind: 'reference', failing: 1 },
  },
  'is no longer a reference': {
    was: { type: 'reference', to: 'maker' },
    set: { type: 'text', to: null, onDelete: null },
    old: 'there',
    next: 'x',
  },
  'gets another onDelete': {
    was: { type: 'reference', to: 'maker' },
    set: { onDelete: 'cascade' },
    old: 'there',
    next: 'there',
  },
};

describe('while the class before may be in use, a field that', () => {
  let count = 0;
  afterEach(() => stack.parts.traffic.reset());
  test.each(Object.entries(ROWS))(
    '%s serves both classes, and the contract looks at what they wrote',
    async (_what, row) => {
      count += 1;
      const model = `thing_${count}`;
      const path = `/v1/main/records/${model}`;
      await send('PUT', `/v1/main/models/${model}`, { fields: [{ name: 'value', ...row.was }] });
      await stack.deliverAll();
      const first = firstValue(row);
      await send('POST', path, { value: first });
      const before = hashOf(await stack.get(path), model);
      // From here on a replica of Redis that lags behind answers: the isolate hears of no publish until it writes.
      const head = await stack.parts.redis.command(['HGET', 'heads:main', model]);
      stack.parts.traffic.staleReads = ([name]) => (name?.toUpperCase() === 'HMGET' ? [head] : undefined);
      const { id } = await send('POST', '/v1/main/changes', {
        ...operations({ op: 'alterField', model, field: 'value', set: row.set }),
        ...(row.backfill === undefined ? {} : { backfill: { [`${model}.value`]: row.backfill } }),
      });
      await stack.deliverAll();
      const write = () => stack.parts.sql(`insert into main_data.${model} (value) values ($1)`, [row.old]);
      // The fence keeps writes of the class before out; one that began before the publish may still end after it.
      await write();
      const old = await stack.get(`${path}?sort=created_at`);
      expect(hashOf(old, model)).toBe(before);
      expect(old.body.data.map(({ value }: { value: unknown }) => value)).toEqual([
        first,
        asJson(row.old, row.was),
      ]);
      await send('POST', path, { value: row.next });
      stack.parts.traffic.staleReads = undefined;
      const next = await stack.get(`${path}?sort=created_at`);
      expect(hashOf(next, model)).not.toBe(before);
      expect(next.body.data.at(-1)).toMatchObject({ value: row.next });
      const body = await endGrace(id);
      expect(body.status).toBe('done');
      const checks = body.error?.checks?.map(({ kind, failing }: Record<string, unknown>) => ({
        kind,
        failing,
      }));
      expect(checks).toEqual(row.found && [row.found]);
      if (row.refusal) await expect(write()).rejects.toMatchObject({ code: row.refusal });
      const invalid = await stack.parts.sql(
        `select conname from pg_constraint where conrelid = $1::regclass and not convalidated`,
        [`main_data.${model}`],
      );
      expect(invalid).toEqual([]);
    },
  );
});

test('a field that comes back from the trash serves both classes, and what the one before writes gets its rules', async () => {
  const model = 'returned';
  const path = `/v1/main/records/${model}`;
  const fields = [
    { name: 'name', type: 'text' },
    { name: 'value', type: 'text', required: true, unique: true, minLength: 2 },
    { name: 'kind', type: 'choice', options: ['a', 'b'], default: 'b' },
  ];
  await send('PUT', `/v1/main/models/${model}`, { fields });
  await stack.deliverAll();
  await send('POST', path, { name: 'first', value: 'kept', kind: 'a' });
  const drop = operations(...['value', 'kind'].map((field) => ({ op: 'dropField', model, field })));
  const { hash } = await send('POST', '/v1/main/plans', drop);
  const dropped = await send('POST', '/v1/main/changes', { ...drop, confirm: hash });
  await stack.deliverAll();
  await endGrace(dropped.id);
  const before = hashOf(await stack.get(path), model);
  const head = await stack.parts.redis.command(['HGET', 'heads:main', model]);
  stack.parts.traffic.staleReads = ([name]) => (name?.toUpperCase() === 'HMGET' ? [head] : undefined);
  const trash = (await stack.get('/v1/main/trash')).body.data.filter(
    (entry: { model: string }) => entry.model === model,
  );
  const { id } = await send('POST', '/v1/main/changes', {
    ...operations(...trash.map((entry: { id: string }) => ({ op: 'restore', trash: entry.id }))),
    backfill: { [`${model}.value`]: 'filled' },
  });
  await stack.deliverAll();
  // It began before the publish, and ends after it.
  await stack.parts.sql(`insert into main_data.${model} (name) values ('late')`);
  const old = await stack.get(`${path}?sort=created_at`);
  expect(hashOf(old, model)).toBe(before);
  expect(old.body.data.map(({ name, value }: { name: string; value?: string }) => [name, value])).toEqual([
    ['first', undefined],
    ['late', undefined],
  ]);
  await send('POST', path, { name: 'next', value: 'new' });
  stack.parts.traffic.staleReads = undefined;
  expect(await endGrace(id)).toMatchObject({ status: 'done' });
  const { data } = (await stack.get(`${path}?sort=created_at&select=name,value,kind`)).body;
  expect(data).toMatchObject([
    { name: 'first', value: 'kept', kind: 'a' },
    { name: 'late', value: 'filled', kind: 'b' },
    { name: 'next', value: 'new', kind: 'b' },
  ]);
  const write = (value: string | null) =>
    stack.parts.sql(`insert into main_data.${model} (value) values ($1)`, [value]);
  await expect(write(null)).rejects.toMatchObject({ code: '23502' });
  await expect(write('kept')).rejects.toMatchObject({ code: '23505' });
  await expect(write('x')).rejects.toMatchObject({ code: '23514' });
});

test('what is given for nulls is read by the next class alone, until somebody writes it', async () => {
  const path = '/v1/main/records/crate';
  await send('PUT', '/v1/main/models/crate', { fields: [{ name: 'weight', type: 'integer' }] });
  await stack.deliverAll();
  await send('POST', path, {});
  const { id } = await send('POST', '/v1/main/changes', {
    ...operations({
      op: 'alterField',
      model: 'crate',
      field: 'weight',
      set: { type: 'text', required: true },
    }),
    backfill: { 'crate.weight': '0' },
  });
  await stack.deliverAll();
  await send('POST', path, { weight: '0' });
  // One that began before the publish.
  await stack.parts.sql('insert into main_data.crate (weight) values (null)');
  const both = 'select weight, weight_2 from main_data.crate order by created_at';
  expect(await stack.parts.sql(both)).toEqual([
    { weight: null, weight_2: '0' },
    { weight: 0, weight_2: '0' },
    { weight: null, weight_2: '0' },
  ]);
  expect(await endGrace(id)).toMatchObject({ status: 'done' });
});

test('a list that became a reference comes back beside it, once that change has ended', async () => {
  const fields = [{ name: 'makers', type: 'references', to: 'maker' }];
  await send('PUT', '/v1/main/models/tool', { fields });
  await stack.deliverAll();
  const { id } = await send('POST', '/v1/main/records/tool', { makers: ['there'] });
  const set = { type: 'reference', name: 'maker' };
  const first = await send(
    'POST',
    '/v1/main/changes',
    operations({ op: 'alterField', model: 'tool', field: 'makers', set }),
  );
  await stack.deliverAll();
  const trash = (await stack.get('/v1/main/trash')).body.data;
  const entry = trash.find(({ name }: { name: string }) => name === 'makers');
  const second = await send(
    'POST',
    '/v1/main/changes',
    operations({ op: 'restore', trash: entry.id, as: 'all' }),
  );
  await stack.deliverAll();
  const { body: waiting } = await stack.get(`/v1/main/changes/${second.id}`);
  expect(waiting).toMatchObject({ status: 'running', waitingFor: { change: first.id } });
  expect(await endGrace(first.id)).toMatchObject({ status: 'done' });
  await stack.deliverAll();
  await endGrace(second.id);
  expect((await stack.get(`/v1/main/records/tool/${id}`)).body).toMatchObject({
    maker: 'there',
    all: ['there'],
  });
});

test('an isolate that only upserts learns that what tells records apart has another column', async () => {
  await send('PUT', '/v1/main/models/part', { fields: [{ name: 'code', type: 'integer', unique: true }] });
  await stack.deliverAll();
  const [app, edge] = [createApp(), wireEdge(stack.env)];
  const upsert = async () => {
    const init = requestInit('POST', { code: 7 }, {});
    const request = new Request('http://remodel.test/v1/main/records/part?onConflict=code', init);
    return readAnswer(await app.fetch(request, { edge }, NOBODY_WAITS));
  };
  const first = await upsert();
  await send(
    'POST',
    '/v1/main/changes',
    operations({ op: 'alterField', model: 'part', field: 'code', set: { type: 'float' } }),
  );
  await stack.deliverAll();
  expect(await upsert()).toMatchObject({ status: 201, body: { id: first.body.id, code: 7 } });
});

function firstValue({ was, set }: Row): unknown {
  if ('min' in was) return 9;
  if ('options' in was) return 'a';
  return 'to' in was || 'to' in set ? 'there' : 'first';
}

function asJson(value: string | null, field: object): unknown {
  return value !== null && 'min' in field ? Number(value) : value;
}
