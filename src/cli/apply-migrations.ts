import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

const FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Brings the catalog of a database up to date. `ownerUrl` is a direct connection of a role that may create roles. */
export async function applyMigrations(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtext('remodel migrations'))`);
    await migrate(drizzle(client), {
      migrationsFolder: FOLDER,
      migrationsSchema: 'remodel',
      migrationsTable: 'catalog_migrations',
    });
  } finally {
    await client.end();
  }
}
