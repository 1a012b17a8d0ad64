import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { neonDatabase } from '../../src/adapters/neon-database.ts';
import { useNeonProxy } from '../../src/adapters/neon-endpoint.ts';
import {
  type EventPage,
  type Position,
  parsePosition,
  readEvents,
  showPosition,
} from '../../src/catalog/events.ts';
import type { Database } from '../../src/ports.ts';
import { type Parts, startParts } from '../stack/parts.ts';

let parts: Parts;
let database: Database;
let writers: readonly pg.Client[];
let runs = 0;
beforeAll(async () => {
  parts = await startParts();
  useNeonProxy(parts.bindings.NEON_LOCAL_PROXY);
  database = neonDatabase(parts.bindings.DATABASE_URL);
  writers = [0, 1, 2].map(() => new pg.Client({ connectionString: parts.urls.owner }));
  for (const writer of writers) await writer.connect();
});
afterAll(async () => {
  for (const writer of writers) await writer.end();
  await parts.stop();
});

type Move =
  | { readonly kind: 'write'; readonly writer: number }
  | { readonly kind: 'end'; readonly writer: number; readonly how: 'commit' | 'rollback' }
  | { readonly kind: 'read' };

const writer = fc.nat(2);
const move = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), writer }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      writer,
      how: fc.constantFrom('commit' as const, 'commit' as const, 'rollback' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('read' as const) }) },
);

/** Plays moves of three transactions and one reader. Answers what was committed, and what was read. */
async function play(moves: readonly Move[]) {
  runs += 1;
  const model = `model${runs}`;
  await parts.sql(`insert into remodel.definitions (hash, model_id, body) values ($1, $1, '{}')`, [model]);
  await parts.sql(
    `insert into remodel.models (id, workspace_id, name, status, version, hash, table_name, refers_to)
    select $1, id, $1, 'published', 1, $1, $1, '{}' from remodel.workspaces where slug = 'main'`,
    [model],
  );
  const open = new Map<number, string[]>();
  const committed: string[] = [];
  const seen: string[] = [];
  let count = 0;
  let position: Position | null = null;
  const end = async (n: number, how: 'commit' | 'rollback') => {
    const written = open.get(n);
    if (!written) return;
    await writers[n]?.query(how);
    open.delete(n);
    if (how === 'commit') committed.push(...written);
  };
  const read = async () => {
    const page: EventPage = await readEvents(database, model, 'id', position);
    seen.push(...page.events.map(({ recordId }) => recordId));
    position = parsePosition(showPosition(page.position));
  };
  await read();
  for (const one of moves) {
    if (one.kind === 'read') await read();
    else if (one.kind === 'end') await end(one.writer, one.how);
    else {
      const written = open.get(one.writer) ?? [];
      if (!open.has(one.writer)) await writers[one.writer]?.query('begin');
      open.set(one.writer, written);
      count += 1;
      written.push(String(count));
      await writers[one.writer]?.query(
        `insert into remodel.events (model_id, op, key, record_id) values ($1, 'update', 'id', $2)`,
        [model, String(count)],
      );
    }
  }
  for (const n of writers.keys()) await end(n, 'commit');
  // Transactions of other tests hold events back as well, for a while.
  await expect.poll(() => read().then(() => seen.length), { timeout: 20_000 }).toBe(committed.length);
  return { committed, seen };
}

describe('reading events by their position', () => {
  test('finds each once, in whatever order transactions begin, write, commit and are read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 4, maxLength: 24 }), async (moves) => {
        const { committed, seen } = await play(moves);
        expect(seen.toSorted()).toEqual(committed.toSorted());
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('holds back what commits first while an earlier one is open', async () => {
    const { seen } = await play([
      { kind: 'write', writer: 0 },
      { kind: 'write', writer: 1 },
      { kind: 'end', writer: 1, how: 'commit' },
      { kind: 'read' },
      { kind: 'write', writer: 0 },
      { kind: 'end', writer: 0, how: 'commit' },
    ]);
    expect(seen).toEqual(['1', '3', '2']);
  });

  test('takes many by pages, and tells what is older than what is kept, or of another database', async () => {
    const model = `model${runs}`;
    const begin = (await readEvents(database, model, 'id', null)).position;
    await parts.sql(
      `insert into remodel.events (model_id, op, key, record_id)
      select $1, 'create', case n % 5 when 0 then 'id_2' else 'id' end, n::text from generate_series(1, 500) as n`,
      [model],
    );
    const seen: string[] = [];
    let position = begin;
    await expect
      .poll(async () => {
        const page = await readEvents(database, model, 'id', position);
        expect(page.events.length).toBeLessThanOrEqual(100);
        expect(page.isExpired).toBe(false);
        position = page.position;
        seen.push(...page.events.map(({ recordId }) => recordId));
        return seen.length;
      })
      .toBe(400);
    expect(seen).toEqual(
      Array.from({ length: 500 }, (_, n) => n + 1)
        .filter((n) => n % 5 > 0)
        .map(String),
    );
    const isExpired = async (xid: string) =>
      (await readEvents(database, model, 'id', { xid, n: '0' })).isExpired;
    expect(await isExpired('999999999999999999')).toBe(true);
    expect(await isExpired('1')).toBe(false);
    await parts.sql(
      `insert into remodel.event_marks (at, xid) values (now() - interval '25 hours', $1::xid8)`,
      [begin.xid],
    );
    expect(await isExpired(begin.xid)).toBe(false);
    expect(await isExpired(String(BigInt(begin.xid) - 1n))).toBe(true);
  });
});
