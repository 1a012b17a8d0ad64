import pg from 'pg';
import { applyMigrations } from '../src/cli/apply-migrations.ts';
import type { LocalPostgres } from './postgres.ts';

/** Connection strings of one database: of the superuser, and of the two logins that a deployment would have. */
export interface DatabaseUrls {
  readonly owner: string;
  readonly edge: string;
  readonly migrator: string;
}

/** A server that runs, whoever started it. */
type Server = Pick<LocalPostgres, 'port' | 'ownerUrl'>;

const EDGE = 'remodel_edge_local';
const MIGRATOR = 'remodel_migrator_local';
const PASSWORD = 'local';

/**
 * What a login does not inherit from its group are the settings of the role: they are repeated here.
 * Several databases of one server may come to this at once: they take turns.
 */
const LOGINS = `
  do $$
  begin
    perform pg_advisory_xact_lock(hashtext('remodel logins'));
    if not exists (select from pg_roles where rolname = '${EDGE}') then
      create role ${EDGE} login password '${PASSWORD}' in role remodel_edge;
      alter role ${EDGE} set timezone = 'UTC';
      alter role ${EDGE} set statement_timeout = '10s';
    end if;
    if not exists (select from pg_roles where rolname = '${MIGRATOR}') then
      create role ${MIGRATOR} login password '${PASSWORD}' in role remodel_migrator;
      alter role ${MIGRATOR} set timezone = 'UTC';
    end if;
  end
  $$`;

/** Makes the database unless it is there, brings its catalog up to date, and sees to the logins. */
export async function createDatabase(postgres: Server, name: string): Promise<DatabaseUrls> {
  await asOwner(postgres, 'postgres', async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  });
  await applyMigrations(postgres.ownerUrl(name));
  await asOwner(postgres, name, async (client) => {
    await client.query(LOGINS);
    await grantDatabase(client, name);
  });
  return databaseUrls(postgres, name);
}

/** A copy of a database that `createDatabase` made; nobody may be connected to it. For tests. */
export async function cloneDatabase(postgres: Server, template: string, name: string): Promise<DatabaseUrls> {
  await asOwner(postgres, 'postgres', async (client) => {
    await client.query(
      `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)}`,
    );
    await grantDatabase(client, name);
  });
  return databaseUrls(postgres, name);
}

/** Drops a database and cuts its connections. */
export async function dropDatabase(postgres: Server, name: string): Promise<void> {
  await asOwner(postgres, 'postgres', async (client) => {
    await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
  });
}

/** Grants on the database itself belong to no schema: a copy does not have those of its template. */
async function grantDatabase(client: pg.Client, name: string): Promise<void> {
  const database = pg.escapeIdentifier(name);
  await client.query(`grant connect on database ${database} to remodel_edge, remodel_migrator`);
  await client.query(`grant create on database ${database} to remodel_migrator`);
}

function databaseUrls(postgres: Server, name: string): DatabaseUrls {
  const urlOf = (user: string) => `postgresql://${user}:${PASSWORD}@127.0.0.1:${postgres.port}/${name}`;
  return { owner: postgres.ownerUrl(name), edge: urlOf(EDGE), migrator: urlOf(MIGRATOR) };
}

async function asOwner(
  postgres: Server,
  database: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.ownerUrl(database) });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
