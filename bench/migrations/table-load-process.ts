/** The program behind `table-load.ts`: a plain `pg` client in a process of its own, so that it waits for nobody. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Order, Reply, Sample, TableLoad, TableLoadResult } from './table-load.ts';

/** Enough that a statement is never kept from being sent for some seconds. */
const CONNECTIONS = 60;
const LOCKS_EVERY_MS = 10;

let running: { stop(): Promise<TableLoadResult> } | undefined;

process.on('message', (order: Order) => {
  obey(order).then(reply, (error: unknown) => reply({ kind: 'broken', error: String(error) }));
});
// Nobody is there to send to any longer.
process.on('disconnect', () => process.exit());

function reply(message: Reply): void {
  process.send?.(message);
}

async function obey(order: Order): Promise<Reply> {
  switch (order.kind) {
    case 'start':
      running = await start(order.load);
      return { kind: 'started' };
    case 'stop':
      if (!running) throw new Error('no load is running');
      return { kind: 'stopped', result: await running.stop() };
  }
}

async function start(load: TableLoad): Promise<{ stop(): Promise<TableLoadResult> }> {
  const pool = new pg.Pool({
    connectionString: load.connectionString,
    application_name: 'bench load',
    max: CONNECTIONS,
    min: CONNECTIONS,
    idleTimeoutMillis: 0,
  });
  const observer = new pg.Client({ connectionString: load.connectionString });
  await observer.connect();
  // Connected ahead: making a connection takes longer than a statement.
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.connect()));
  for (const client of clients) {
    await client.query(`select from ${load.table} limit 1`);
    client.release();
  }
  const samples: Sample[] = [];
  const lockWaits: { at: number; milliseconds: number }[] = [];
  const underWay = new Set<Promise<void>>();
  const over = new AbortController();
  const send = (kind: Sample['kind'], n: number) => {
    const sent = run(pool, load, kind, n, samples).finally(() => underWay.delete(sent));
    underWay.add(sent);
  };
  const loops = [
    pace(over.signal, load.readsPerSecond, (n) => send('read', n)),
    pace(over.signal, load.updatesPerSecond, (n) => send('update', n)),
    watchLocks(over.signal, observer, lockWaits),
  ];
  return {
    async stop() {
      over.abort();
      await Promise.all(loops);
      await Promise.all(underWay);
      await Promise.all([pool.end(), observer.end()]);
      return { samples, lockWaits };
    },
  };
}

async function run(
  pool: pg.Pool,
  { table, ids }: TableLoad,
  kind: Sample['kind'],
  n: number,
  samples: Sample[],
): Promise<void> {
  const id = ids[(n * (kind === 'read' ? 1 : 7)) % ids.length];
  const text =
    kind === 'read'
      ? `select id, title, counter from ${table} where id = $1`
      : `update ${table} set counter = counter + 1, updated_at = now() where id = $1`;
  const sentAt = Date.now();
  const begin = performance.now();
  try {
    await pool.query(text, [id]);
    samples.push({ kind, sentAt, milliseconds: performance.now() - begin });
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    samples.push({ kind, sentAt, milliseconds: performance.now() - begin, error: code ?? String(error) });
  }
}

/** Calls at fixed times; what came late is made up for. */
async function pace(over: AbortSignal, perSecond: number, act: (n: number) => void): Promise<void> {
  const begin = performance.now();
  for (let n = 0; !over.aborted; n++) {
    const wait = begin + (n * 1000) / perSecond - performance.now();
    if (wait > 0) await sleep(wait);
    act(n);
  }
}

async function watchLocks(
  over: AbortSignal,
  observer: pg.Client,
  lockWaits: { at: number; milliseconds: number }[],
): Promise<void> {
  const { rows } = await observer.query<{ pids: number[] }>(`
    select array_agg(pid) as pids from pg_stat_activity where application_name = 'bench load'`);
  const pids = rows[0]?.pids ?? [];
  while (!over.aborted) {
    const seen = await observer.query<{ ms: number | null }>(
      `select (extract(epoch from max(clock_timestamp() - waitstart)) * 1000)::float8 as ms
      from pg_locks
      where not granted
        and pid = any ($1)`,
      [pids],
    );
    const milliseconds = seen.rows[0]?.ms ?? 0;
    if (milliseconds > 0) lockWaits.push({ at: Date.now(), milliseconds });
    await sleep(LOCKS_EVERY_MS);
  }
}
