import { Failure } from '../failure.ts';
import type { Step } from '../plan/steps.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';

/** Throws `extension_missing` where steps are to create an extension that the migrator cannot create. */
export async function assertCreatable(database: Database, steps: readonly Step[]): Promise<void> {
  const wanted = steps.filter((step) => step.kind === 'createExtension');
  if (wanted.length === 0) return;
  // Reads files of the server, so it is asked only where it matters. Whoever may create schemas may create
  // extensions that are trusted; one that is there already is in a schema where its types are not found.
  const creatable = await database.query(sql`
    select distinct v.name
    from pg_available_extension_versions v
    where v.trusted
      and not exists (select from pg_extension e where e.extname = v.name)
  `);
  for (const { model, field, extension } of wanted) {
    if (creatable.some((row) => row['name'] === extension)) continue;
    throw new Failure(
      'extension_missing',
      `${model}.${field} needs the Postgres extension ${extension}, which the database does not have and the migrator ` +
        `cannot create: see that the server offers it, run "create extension ${extension}" in the database as its ` +
        'owner, on the search path, then repeat the request',
      { data: { extension } },
    );
  }
}
