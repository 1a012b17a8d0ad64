/** `npm run migrate`: applies the catalog's migrations with the owner's direct connection string. */
import { applyMigrations } from './apply-migrations.ts';

const ownerUrl = process.env['OWNER_DATABASE_URL'];
if (!ownerUrl) {
  console.error('Set OWNER_DATABASE_URL to a direct connection string of the database owner.');
  process.exit(1);
}
await applyMigrations(ownerUrl);
console.log('The catalog is up to date.');
