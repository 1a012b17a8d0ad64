import { Failure } from '../failure.ts';
import type { FoundTables } from '../plan/adopt/found-tables.ts';
import type { ChangeRequest } from '../plan/change-request.ts';
import type { Step } from '../plan/steps.ts';
import type { Database } from '../ports.ts';
import { text } from './columns.ts';
import { listTables, readTable, readTables, type Sight } from './database-tables.ts';
import { findStanding } from './find-standing.ts';

/** The request with what Postgres holds now of the tables that it is to adopt. Throws `unknown_table`. */
export async function withFoundTables(
  database: Database,
  workspace: string,
  request: ChangeRequest,
  sight: Sight,
): Promise<ChangeRequest> {
  const inTheWay = Object.entries(request.conflicts ?? {}).flatMap(([table, choice]) =>
    choice === 'adopt' ? [{ table }] : [],
  );
  const wanted: readonly { readonly table?: string; readonly schema?: string }[] = [
    ...(request.operations ?? []).flatMap((one) => (one.op === 'adopt' ? [one] : [])),
    ...inTheWay,
  ];
  if (wanted.length === 0) return request;
  const found = await Promise.all(
    wanted.map(async ({ table = '', schema }) => {
      if (schema === undefined) {
        const [, of = '', name = ''] = /^([^.]+)\.(.+)$/s.exec(table) ?? [];
        return [await readTable(database, workspace, sight, { schema: of, table: name })];
      }
      const tables = await readTables(database, workspace, sight, { schema });
      if (tables.length > 0) return tables;
      throw new Failure(
        'unknown_table',
        `there is no schema ${schema} with tables that this workspace may see`,
      );
    }),
  );
  const tables = found.flat();
  const [models, standing] = await Promise.all([
    modelsNear(database, workspace, sight, tables),
    findStanding(database, workspace, tables),
  ]);
  return { ...request, found: { sight, tables, models, ...standing } };
}

/** The models of these tables, and of those that they refer to. */
async function modelsNear(
  database: Database,
  workspace: string,
  sight: Sight,
  tables: FoundTables['tables'],
): Promise<FoundTables['models']> {
  const near = new Set(
    tables.flatMap(({ schema, name, constraints }) => [
      `${schema}.${name}`,
      ...constraints.flatMap(({ references }) =>
        references ? [`${references.schema}.${references.table}`] : [],
      ),
    ]),
  );
  const listed = await listTables(database, workspace, sight);
  return Object.fromEntries(
    listed.flatMap(({ schema, name, model }) => {
      const table = `${schema}.${name}`;
      return model !== null && near.has(table) ? [[table, model]] : [];
    }),
  );
}

/**
 * Throws `insufficient_privilege` where steps are to adopt a table that the migrator's login may not alter, or that the
 * edge cannot get at; it says what an operator has to run.
 */
export async function assertAdoptable(database: Database, steps: readonly Step[]): Promise<void> {
  const tables = steps.flatMap((step) =>
    step.kind === 'adoptTable' || step.kind === 'setAside' ? [step.target] : [],
  );
  if (tables.length === 0) return;
  const lacking = await database.query({
    text: `
      with wanted as (
        select c.oid, c.relowner, n.oid as schema, n.nspname, c.relname
        from json_to_recordset($1::json) as w ("schema" text, "table" text)
        join pg_namespace n on n.nspname = w.schema
        join pg_class c on c.relnamespace = n.oid and c.relname = w.table
      ), acting as (
        select r.oid
        from pg_roles r
        where pg_has_role(r.oid, 'remodel_migrator', 'member')
          and ((r.rolcanlogin and not r.rolsuper) or r.rolname = current_user)
      )
      select distinct remedy
      from wanted w
      cross join acting a
      cross join lateral (values
        (
          pg_has_role(a.oid, w.relowner, 'usage'),
          format('alter table %I.%I owner to remodel_migrator', w.nspname, w.relname)
        ),
        (
          has_schema_privilege(a.oid, w.schema, 'create') and has_schema_privilege(a.oid, w.schema, 'usage'),
          format('grant usage, create on schema %I to remodel_migrator', w.nspname)
        ),
        (
          has_schema_privilege('remodel_edge', w.schema, 'usage')
            or has_schema_privilege(a.oid, w.schema, 'usage with grant option'),
          format('grant usage on schema %I to remodel_edge', w.nspname)
        )
        union all
        select
          -- What is no sequence must not be asked for as one, in whatever order Postgres looks at conditions.
          case
            when q.relkind = 'S' then has_sequence_privilege('remodel_edge', q.oid, 'usage')
              or has_sequence_privilege(a.oid, q.oid, 'usage with grant option')
          end,
          format('grant usage on sequence %s to remodel_edge', s.refobjid::regclass)
        from pg_attrdef d
        join pg_depend s on s.classid = 'pg_attrdef'::regclass and s.objid = d.oid and s.refclassid = 'pg_class'::regclass
        join pg_class q on q.oid = s.refobjid and q.relkind = 'S'
        where d.adrelid = w.oid
      ) as needed (has, remedy)
      where not needed.has
      order by remedy`,
    params: [JSON.stringify(tables)],
  });
  if (lacking.length === 0) return;
  const remedies = lacking.map((row) => text(row, 'remedy'));
  throw new Failure(
    'insufficient_privilege',
    `the roles of this deployment lack rights on what is to be adopted: run "${remedies.join('; ')}" as its owner, then repeat the request`,
    { data: { remedies } },
  );
}
