import type { Database, DatabaseSession, Row } from '../ports.ts';
import { plain } from '../statement.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

const LEAST_VERSION = 150000;
const SEE_README = 'see the README, Deployment';

/** What the edge's login finds. `newestMigration`: the one that this Worker was built with, in milliseconds. */
export async function examinePostgres(
  database: Database,
  newestMigration: number,
): Promise<readonly Finding[]> {
  const [row] = await database.query(
    plain(`
      select
        current_setting('server_version_num') as version,
        current_setting('server_version') as version_text,
        current_setting('timezone') as timezone,
        current_setting('statement_timeout') as statement_timeout,
        has_database_privilege(current_database(), 'create')::text as may_create,
        (select rolsuper from pg_roles where rolname = current_user)::text as is_superuser,
        pg_has_role(current_user, 'remodel_migrator', 'member')::text as is_migrator,
        (select max(created_at) from remodel.catalog_migrations)::text as migration,
        (
          select string_agg(name, ', ' order by name)
          from pg_available_extensions
          where name in ('postgis', 'vector')
        ) as extensions`),
  );
  if (!row) throw new TypeError('a select without from has one row');
  return [version(row), catalog(row, newestMigration), edgeRole(row), edgeSettings(row), extensions(row)];
}

function version({ version, version_text: text }: Row): Finding {
  if (Number(version) >= LEAST_VERSION) return ok('postgres', `version ${text}`);
  return failed('postgres', `version ${text} is too old`, 'use PostgreSQL 15 or newer');
}

function catalog({ migration }: Row, newest: number): Finding {
  const found = Number(migration);
  if (found === newest) return ok('catalog', 'it is that of this version');
  if (found < newest)
    return failed('catalog', 'it is older than this version', 'run npm run migrate, then deploy');
  return warning(
    'catalog',
    'it is newer than this version',
    'deploy the version that it was brought up to date by',
  );
}

function edgeRole({ may_create, is_superuser, is_migrator }: Row): Finding {
  const check = 'role of the edge';
  if (is_superuser !== 'true' && may_create !== 'true' && is_migrator !== 'true')
    return ok(check, 'it reads and writes records, and no more');
  return failed(
    check,
    'it may do more than read and write records',
    `give DATABASE_URL a login that is in the role remodel_edge alone: ${SEE_README}`,
  );
}

function edgeSettings({ timezone, statement_timeout }: Row): Finding {
  const check = 'settings of the edge';
  if (timezone !== 'UTC')
    return failed(
      check,
      `its time zone is ${timezone}: timestamps would be shown in it`,
      `alter role … set timezone = 'UTC': ${SEE_README}`,
    );
  if (statement_timeout === '0')
    return warning(
      check,
      'its statements may run for ever',
      `alter role … set statement_timeout = '10s': ${SEE_README}`,
    );
  return ok(check, `time zone UTC, statements end after ${statement_timeout}`);
}

function extensions({ extensions }: Row): Finding {
  const found = extensions ? `there are ${extensions}` : 'there is neither postgis nor vector';
  return ok(
    'extensions',
    `${found}; fields of type vector need vector, points are kept by postgis where it is there`,
  );
}

/** What the migrator's login finds: whether it keeps its session, and may do what it is for. */
export async function examineMigrator(connect: () => Promise<DatabaseSession>): Promise<readonly Finding[]> {
  const session = await connect();
  try {
    const look = async () => {
      const [row] = await session.query(
        plain(`
          select
            pg_backend_pid()::text as backend,
            has_database_privilege(current_database(), 'create')::text as may_create,
            pg_has_role(current_user, 'remodel_migrator', 'usage')::text as is_migrator,
            (select rolsuper from pg_roles where rolname = current_user)::text as is_superuser`),
      );
      return row ?? {};
    };
    const [one, other] = [await look(), await look()];
    return [migratorSession(one, other), migratorRole(one)];
  } finally {
    await session.end();
  }
}

function migratorSession(one: Row, other: Row): Finding {
  const check = 'session of the migrator';
  if (one['backend'] === other['backend']) return ok(check, 'it is kept from one statement to the next');
  return failed(
    check,
    'each statement goes to another session: locks would be lost',
    'put the direct string into MIGRATOR_DATABASE_URL, not that of a pooler',
  );
}

function migratorRole({ may_create, is_migrator, is_superuser }: Row): Finding {
  const check = 'role of the migrator';
  if (is_migrator !== 'true' || may_create !== 'true')
    return failed(
      check,
      'it may not change tables',
      `give MIGRATOR_DATABASE_URL a login in the role remodel_migrator: ${SEE_README}`,
    );
  if (is_superuser === 'true')
    return warning(
      check,
      'it is a superuser, who may do far more',
      `make a login of its own for it: ${SEE_README}`,
    );
  return ok(check, 'it may create and change the tables of models');
}
