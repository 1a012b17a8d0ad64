import pg from 'pg';
import type { Parts } from './parts.ts';

/** More than the lag at which a backfill rests. */
const BEHIND_BYTES = 40 * 1024 * 1024;

/** What Postgres takes for a standby: it asks for the log, and confirms only what a test says. */
export class LaggingReplica {
  readonly #parts: Parts;
  readonly #client: pg.Client;

  private constructor(parts: Parts, client: pg.Client) {
    this.#parts = parts;
    this.#client = client;
  }

  static async connect(parts: Parts): Promise<LaggingReplica> {
    const client = new pg.Client({
      connectionString: `${parts.urls.owner}?replication=true`,
      application_name: 'lagging',
    });
    client.on('error', () => undefined);
    await client.connect();
    const replica = new LaggingReplica(parts, client);
    const [row] = await parts.sql('select pg_current_wal_lsn()::text as lsn');
    const streams = new Promise<void>((resolve) => client.connection.once('replicationStart', resolve));
    // Commands of this protocol are upper case. It is answered by the log, and so never ends but by an error.
    const failed = client.query(`START_REPLICATION PHYSICAL ${row?.['lsn']}`);
    await Promise.race([streams, failed]);
    failed.catch(() => undefined);
    await replica.catchUp();
    return replica;
  }

  /** Writes so much log that whoever does not confirm it is far behind. */
  async fallBehind(): Promise<void> {
    await this.#parts.sql(`select pg_logical_emit_message(false, 'test', repeat('x', $1))`, [BEHIND_BYTES]);
  }

  /** Confirms the whole log, and waits until Postgres knows. */
  async catchUp(): Promise<void> {
    const [row] = await this.#parts.sql(`select (pg_current_wal_lsn() - '0/0')::text as position`);
    const position = BigInt(String(row?.['position']));
    // CopyData with a standby status update: written, flushed and replayed up to there.
    const message = Buffer.alloc(39);
    message.write('d', 0);
    message.writeInt32BE(38, 1);
    message.write('r', 5);
    for (const offset of [6, 14, 22]) message.writeBigUInt64BE(position, offset);
    this.#client.connection.stream.write(message);
    for (;;) {
      const [known] = await this.#parts.sql(
        `select replay_lsn - '0/0' >= $1::numeric as is_known from pg_stat_replication where application_name = 'lagging'`,
        [String(position)],
      );
      if (known?.['is_known'] === true) return;
    }
  }

  async stop(): Promise<void> {
    await this.#client.end();
  }
}
