import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../stack/answer.ts';
import { type System, startSystem } from '../stack/system.ts';
import { makeThings } from './things.ts';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const ID = '0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f';
const RECORD = {
  title: 'a',
  size: 1,
  big: '2',
  price: '1.50',
  ratio: 0.5,
  done: true,
  day: '2026-11-20',
  extra: { a: [1] },
  kind: 'a',
};

/** Requests that are all well; the paths are below the workspace. */
const GOOD: readonly Call[] = [
  { method: 'POST', path: '/records/thing', body: RECORD },
  { method: 'POST', path: '/records/thing', body: [RECORD, { title: 'b' }] },
  { method: 'PUT', path: `/records/thing/${ID}`, body: RECORD, headers: { 'If-None-Match': '*' } },
  { method: 'PATCH', path: `/records/thing/${ID}`, body: { title: 'c' }, headers: { 'If-Match': '"1-2"' } },
  { method: 'DELETE', path: `/records/thing/${ID}`, headers: { 'Model-Hash': 'thing=1' } },
  { method: 'PUT', path: '/records/row/1', body: { n: 'a' } },
  {
    method: 'GET',
    path: '/records/thing?filter[size][_gte]=1&filter[_or][0][title][_eq]=a&sort=-size,title&limit=5&count=exact',
  },
  {
    method: 'GET',
    path: `/records/thing?filter=${encodeURIComponent('{"_not":{"extra":{"_eq":{"a":[1]}}},"day":{"_in":["2026-11-20"]}}')}&select=title`,
  },
  {
    method: 'GET',
    path: '/records/thing?filter[price][_between]=1,2&filter[title][_icontains]=a%25&cursor=WyJpZCIsIjEiXQ',
  },
  { method: 'GET', path: `/records/thing/${ID}` },
  { method: 'GET', path: '/models/thing/versions/1' },
  { method: 'GET', path: '/changes?limit=5&cursor=3' },
  { method: 'GET', path: `/changes/${ID}` },
  {
    method: 'POST',
    path: '/plans',
    body: {
      operations: [
        {
          op: 'addField',
          model: 'thing',
          field: { name: 'b', type: 'decimal', precision: 4, scale: 2, max: '9', default: '1' },
        },
      ],
    },
  },
  {
    method: 'POST',
    path: '/plans',
    body: {
      operations: [
        {
          op: 'alterField',
          model: 'thing',
          field: 'title',
          set: { pattern: '^[a-z]{1,5}$', maxLength: 9, required: true },
        },
      ],
      backfill: { 'thing.title': 'a' },
    },
  },
  {
    method: 'POST',
    path: '/plans',
    body: {
      models: [{ name: 'thing', fields: [{ name: 'note', type: 'text' }] }],
      prune: true,
      answers: { 'rename:thing.code->note': true },
    },
  },
  {
    method: 'POST',
    path: '/plans',
    body: {
      operations: [
        {
          op: 'createModel',
          definition: {
            name: 'm',
            key: 'text',
            fields: [
              { name: 'kind', type: 'choice', options: ['a'], default: 'a' },
              { name: 'up', type: 'reference', to: 'm' },
            ],
            indexes: [{ fields: ['-kind'] }],
          },
        },
      ],
    },
  },
  {
    method: 'POST',
    path: '/changes',
    body: {
      operations: [{ op: 'dropIndex', model: 'thing', fields: ['code'] }],
      confirm: 'x',
      answers: { a: true },
      backfill: { 'thing.nope': 1 },
    },
    headers: { 'Idempotency-Key': 'k' },
  },
];

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 400);

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  1e21,
  0.1,
  '',
  '\0',
  '\ud800',
  "'; drop table x; --",
  '9'.repeat(400),
  '💥',
  [],
  {},
  [[]],
  { toString: 1 },
  { fn: 'now' },
  { fn: 'uuid' },
  { rawJSON: '1' },
  'constructor',
  '__proto__',
  'id',
  'thing',
  'infinity',
  'NaN',
  '2026-02-30',
  '1e999',
  '%',
  '\\',
  '"',
  '{',
  '{}',
  'a,b',
  '-',
  '--size',
  '\u202e',
  'x'.repeat(3000),
];

const TEXTS = VALUES.filter((value) => typeof value === 'string');
const RAW = ['1e999999', '-1e-999999', '9223372036854775808', '0.12345678901234567890123', '1E400', '-0'];

/** `value` with one place in it, however deep, replaced, removed or added. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  const here = fc.constantFrom(...VALUES);
  if (typeof value !== 'object' || value === null) return here;
  const entries = Object.entries(value);
  const rebuild = (changed: readonly (readonly [string, unknown])[]) =>
    Array.isArray(value) ? changed.map(([, member]) => member) : Object.fromEntries(changed);
  const inside = entries.map(([key, member], n) =>
    mutated(member).map((to) => rebuild(entries.with(n, [key, to]))),
  );
  const added = fc.tuple(fc.constantFrom(...TEXTS), here).map((entry) => rebuild([...entries, entry]));
  const removed = fc.nat(Math.max(0, entries.length - 1)).map((n) => rebuild(entries.toSpliced(n, 1)));
  return fc.oneof(
    { weight: 1, arbitrary: here },
    { weight: 2, arbitrary: added },
    { weight: 1, arbitrary: removed },
    ...inside.map((arbitrary) => ({ weight: 3, arbitrary })),
  );
}

/** The JSON text of a body, now and then with a number that only text can hold, or cut off. */
function bodies(body: unknown): fc.Arbitrary<string> {
  const texts = fc
    .oneof(mutated(body), mutated(body).chain(mutated))
    .map((value) => JSON.stringify(value) ?? '');
  const spoiled = fc.tuple(texts, fc.constantFrom(...RAW), fc.nat(9)).map(([text, raw, n]) => {
    if (n === 0) return text.slice(0, -1);
    return n < 4 ? text.replace(/(?<=[:[])(?:-?\d[\d.]*|"[^"]*"|true|null)/, raw) : text;
  });
  return spoiled;
}

/** A path with some of what stands between its delimiters replaced. */
function paths(path: string): fc.Arbitrary<string> {
  const parts = path.split(/([/?&=[\],]|%22|%7B)/);
  const spots = parts.flatMap((part, n) => (part === '' || /^[/?&=]$/.test(part) ? [] : [n]));
  const bad = fc.constantFrom(
    ...TEXTS.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 3000)),
    '%ff',
    '%00',
    '%',
    '[',
    '[]',
    '..',
  );
  return fc.tuple(fc.constantFrom(...spots), bad).map(([n, text]) => parts.with(n, text).join(''));
}

function headers(known: Readonly<Record<string, string>>): fc.Arbitrary<Readonly<Record<string, string>>> {
  const names = fc.constantFrom(
    'If-Match',
    'If-None-Match',
    'Model-Hash',
    'Idempotency-Key',
    'Prefer',
    'Content-Type',
  );
  const texts = fc.constantFrom(
    '',
    '*',
    '"',
    '""',
    '"a"',
    'W/"a", "b"',
    "'; drop table x; --",
    'thing=',
    'thing=,=',
    'wait=-1',
    'wait=99999999999',
    'text/plain',
    'é',
    'x'.repeat(2000),
    '"1-2","9999999999999999999-1"',
    '"{}"',
    '"2026-11-20T00:00:00.000000+00:00-1"',
  );
  return fc.tuple(names, texts).map(([name, text]) => ({ ...known, [name]: text }));
}

const calls: fc.Arbitrary<Call> = fc.constantFrom(...GOOD).chain((call) => {
  const known = call.headers ?? {};
  const paths_ = paths(call.path).map((path) => ({ ...call, path }));
  const headed = headers(known).map((more) => ({ ...call, headers: more }));
  if (call.body === undefined)
    return fc.oneof({ weight: 4, arbitrary: paths_ }, { weight: 1, arbitrary: headed });
  const bodied = bodies(call.body).map((body) => ({ ...call, body }));
  return fc.oneof(
    { weight: 6, arbitrary: bodied },
    { weight: 1, arbitrary: paths_ },
    { weight: 1, arbitrary: headed },
  );
});

describe('a mutated request', () => {
  let system: System;
  const send = ({ method, path, body, headers: more }: Call): Promise<Answer> =>
    system.edge.request(method, `/v1/main${path}`, body, more);

  beforeAll(async () => {
    system = await startSystem();
    await makeThings(system);
  });
  afterAll(() => system.stop());

  test('is answered, or refused with a problem that says why, and is never a fault of the server', async () => {
    const tried = fc.sample(calls, { numRuns: RUNS, seed: 1975 });
    const statuses = new Map<number, number>();
    const faults: unknown[] = [];
    for (const call of tried) {
      const { status, body } = await send(call);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const isProblem = body.status === status && typeof body.code === 'string' && body.detail !== '';
      if (status >= 500 || (status >= 400 && !isProblem)) faults.push({ call, status, body });
    }
    expect(faults).toEqual([]);
    // Neither all refused at the door nor all let through.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(10);
    expect(statuses.get(422) ?? 0).toBeGreaterThan(50);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(20);
  });
});
