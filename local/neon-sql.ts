import pg from 'pg';

/** A statement as Neon's driver sends it. */
export interface NeonQuery {
  readonly query: string;
  readonly params?: readonly unknown[];
}

/** How a batch is to run: as Neon's headers say it. */
export interface BatchOptions {
  readonly isolationLevel: string | undefined;
  readonly readOnly: boolean;
  readonly deferrable: boolean;
}

export interface ResultShape {
  /** Rows as arrays, not as objects. */
  readonly arrayMode: boolean;
  /** Values as Postgres writes them. */
  readonly rawText: boolean;
}

const ISOLATION_LEVELS: Readonly<Record<string, string>> = {
  ReadUncommitted: 'read uncommitted',
  ReadCommitted: 'read committed',
  RepeatableRead: 'repeatable read',
  Serializable: 'serializable',
};

const RAW_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (value: unknown) => value };

/** The pools behind the proxy: one for each connection string, as a pooler in transaction mode. */
export class NeonPools {
  readonly #pools = new Map<string, pg.Pool>();

  /** Runs one statement. */
  async single(url: string, query: NeonQuery, shape: ResultShape, signal: AbortSignal): Promise<unknown> {
    return await this.#withClient(url, signal, (client) => run(client, query, shape));
  }

  /** Runs statements in one transaction, and answers their results if all of them succeed. */
  async batch(
    url: string,
    queries: readonly NeonQuery[],
    options: BatchOptions,
    shape: ResultShape,
    signal: AbortSignal,
  ): Promise<unknown> {
    return await this.#withClient(url, signal, async (client) => {
      await client.query(beginning(options));
      try {
        const results: unknown[] = [];
        for (const query of queries) results.push(await run(client, query, shape));
        await client.query('commit');
        return { results };
      } catch (error) {
        await client.query('rollback');
        throw error;
      }
    });
  }

  async end(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.end()));
  }

  /** A statement whose client has gone is cancelled, as Neon does it. */
  async #withClient<T>(
    url: string,
    signal: AbortSignal,
    work: (client: pg.PoolClient) => Promise<T>,
  ): Promise<T> {
    const pool = this.#poolOf(url);
    const client = await pool.connect();
    let isBroken = false;
    // A connection that breaks says so twice: by the statement under way, and by this event.
    const ignore = () => undefined;
    client.on('error', ignore);
    const cancel = () => {
      pool
        .query('select pg_cancel_backend($1)', [Reflect.get(client, 'processID')])
        .catch((error: unknown) => {
          console.error('A statement whose client has gone could not be cancelled:', error);
        });
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await work(client);
    } catch (error) {
      isBroken = !(error instanceof pg.DatabaseError) || error.severity === 'FATAL';
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
      client.off('error', ignore);
      // A cancellation may still be on its way: it must not meet the next statement of the connection.
      client.release(isBroken || signal.aborted);
    }
  }

  #poolOf(url: string): pg.Pool {
    const known = this.#pools.get(url);
    if (known) return known;
    const pool = new pg.Pool({
      connectionString: url,
      max: 30,
      idleTimeoutMillis: 10_000,
      allowExitOnIdle: true,
    });
    // An idle connection that breaks has left the pool already; the next statement opens another.
    pool.on('error', () => undefined);
    this.#pools.set(url, pool);
    return pool;
  }
}

function beginning({ isolationLevel, readOnly, deferrable }: BatchOptions): string {
  const level = isolationLevel && ISOLATION_LEVELS[isolationLevel];
  return [
    'begin',
    level ? `isolation level ${level}` : '',
    readOnly ? 'read only' : '',
    deferrable ? 'deferrable' : '',
  ].join(' ');
}

async function run(
  client: pg.PoolClient,
  { query, params }: NeonQuery,
  shape: ResultShape,
): Promise<unknown> {
  const config: pg.QueryConfig & { queryMode: string; rowMode?: string } = {
    text: query,
    values: [...(params ?? [])],
    // Never the simple protocol: Neon takes one statement at a time.
    queryMode: 'extended',
    ...(shape.arrayMode ? { rowMode: 'array' } : {}),
    ...(shape.rawText ? { types: RAW_TEXT } : {}),
  };
  const { command, rowCount, rows, fields } = await client.query<pg.QueryResultRow>(config);
  return { command, rowCount, rows, fields, rowAsArray: shape.arrayMode };
}
