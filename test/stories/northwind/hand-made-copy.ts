import pg from 'pg';
import type { Row } from './source.ts';

const SCHEMA = 'by_hand';

/** The types of Postgres that the API answers as texts, and those of lists of them. */
const AS_TEXT: Readonly<Record<string, string>> = {
  int8: 'text',
  numeric: 'text',
  interval: 'text',
  time: 'text',
  _int8: 'text[]',
};

interface Column {
  readonly name: string;
  /** As Postgres calls it in its catalog. */
  readonly type: string;
}

/** The same data in plain tables, which nothing changes but the SQL of this test. */
export class HandMadeCopy {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async start(databaseUrl: string): Promise<HandMadeCopy> {
    const options = `-c search_path=${SCHEMA} -c timezone=UTC -c intervalstyle=iso_8601`;
    const client = new pg.Client({ connectionString: databaseUrl, options });
    await client.connect();
    await client.query(`create schema ${SCHEMA}`);
    return new HandMadeCopy(client);
  }

  async run(sql: string): Promise<void> {
    await this.#client.query(sql);
  }

  async insert(table: string, rows: readonly Row[]): Promise<void> {
    const name = pg.escapeIdentifier(table);
    await this.#client.query(
      `insert into ${name} select * from json_populate_recordset(null::${name}, $1::json)`,
      [JSON.stringify(rows)],
    );
  }

  /** The columns of each table, with their types. */
  async tables(): Promise<ReadonlyMap<string, readonly Column[]>> {
    const { rows } = await this.#client.query<{ name: string; columns: readonly Column[] }>(
      `select table_name as name, json_agg(json_build_object('name', column_name, 'type', udt_name)) as columns
      from information_schema.columns
      where table_schema = $1
      group by table_name`,
      [SCHEMA],
    );
    return new Map(rows.map(({ name, columns }) => [name, columns]));
  }

  /** Every record of a table, in the form in which the API answers it: by casts of Postgres alone. */
  async records(table: string, columns: readonly Column[]): Promise<readonly Row[]> {
    const shown = columns.map(({ name, type }) => {
      const cast = AS_TEXT[type];
      const column = pg.escapeIdentifier(name);
      return cast === undefined ? column : `${column}::${cast} as ${column}`;
    });
    const { rows } = await this.#client.query<{ record: Row }>(
      `select row_to_json(r) as record from (select ${shown} from ${pg.escapeIdentifier(table)}) as r`,
    );
    return rows.map(({ record }) => record);
  }

  stop(): Promise<void> {
    return this.#client.end();
  }
}
