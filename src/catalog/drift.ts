import { schemaOf } from '../definition/adopted.ts';
import type { Definition } from '../definition/definition.ts';
import type { FoundTable } from '../definition/found-table.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { viewSchema } from '../definition/physical-names.ts';
import type { ChangeRequest } from '../plan/change-request.ts';
import type { Difference } from '../plan/drift/difference.ts';
import { differencesOf } from '../plan/drift/differences.ts';
import type { FoundModel, Made } from '../plan/drift/found-model.ts';
import { SCHEMA_MARK } from '../plan/view.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { readAllModels } from './all-models.ts';
import { text, textOrNull } from './columns.ts';
import { readTables } from './database-tables.ts';
import { findMade } from './find-made.ts';

interface Drift {
  readonly differences: readonly Difference[];
  readonly found: readonly FoundModel[];
}

/**
 * Where Postgres is not as the catalog says. Of a model that a change is at work on, or whose contract is still to come,
 * nothing is said: what is there is on its way.
 */
export async function readDrift(database: Database, workspace: string): Promise<Drift> {
  // Before and after: a change that came and went meanwhile left the one thing read, and the other not.
  const before = await readOpen(database, workspace);
  const models = await readAllModels(database, workspace, null);
  const schemas = [
    ...new Set([viewSchema(workspace), ...models.map(({ definition }) => schemaOf(workspace, definition))]),
  ];
  const tables = (
    await Promise.all(schemas.map((schema) => readTables(database, workspace, 'all', { schema })))
  ).flat();
  const made = await findMade(database, schemas);
  const after = await readOpen(database, workspace);
  const isStill = (name: string) =>
    !before.names.has(name) && !after.names.has(name) && before.seq === after.seq;
  const byName = new Map(tables.map((table) => [`${table.schema}.${table.name}`, table]));
  const tableOf = (id: string) =>
    models.find(({ definition }) => definition.id === id)?.definition.table ?? '';
  const found = models
    .filter(({ name }) => isStill(name))
    .map(({ definition }) =>
      foundModel(workspace, definition, { tables: byName, made, hasViews: before.hasViews }),
    );
  const definitions = new Map(models.map(({ definition }) => [definition.id, definition]));
  const differences = found.flatMap((one) => {
    const definition = definitions.get(one.modelId);
    return definition ? differencesOf(workspace, definition, one, tableOf) : [];
  });
  return { differences, found };
}

function foundModel(
  workspace: string,
  definition: Definition,
  {
    tables,
    made,
    hasViews,
  }: {
    readonly tables: ReadonlyMap<string, FoundTable>;
    readonly made: ReadonlyMap<string, Made>;
    readonly hasViews: boolean;
  },
): FoundModel {
  const schema = schemaOf(workspace, definition);
  const table = `${schema}.${definition.table}`;
  const view = `${viewSchema(workspace)}.${definition.name}`;
  const [madeTable, madeView] = [made.get(table), made.get(view)];
  const joins = definition.fields.filter(hasJoinTable).flatMap(({ column }) => {
    const one = { table: tables.get(`${schema}.${column}`), made: made.get(`${schema}.${column}`) };
    return one.table && one.made ? [{ table: one.table, made: one.made }] : [];
  });
  return {
    modelId: definition.id,
    name: definition.name,
    table: tables.get(table) ?? null,
    view: tables.get(view) ?? null,
    hasViews,
    ...(madeTable ? { madeTable } : {}),
    ...(madeView ? { madeView } : {}),
    links: joins.map((join) => join.table.name),
    joins,
  };
}

/** The models of changes that are under way, and whether the schema of views is Remodel's, or still to be made. */
async function readOpen(database: Database, workspace: string) {
  const rows = await database.query(sql`
    select
      w.change_seq::text as seq,
      n.nspname as schema,
      obj_description(n.oid, 'pg_namespace') as comment,
      to_json(array(
        select unnest(c.model_names)
        from remodel.changes c
        where c.workspace_id = w.id
          and c.status in ('queued', 'running', 'published')
      ))::text as names
    from remodel.workspaces w
    left join pg_namespace n on n.nspname = w.slug
    where w.slug = ${workspace}
  `);
  const [row] = rows;
  const names: readonly string[] = row ? JSON.parse(text(row, 'names')) : [];
  const isOurs = textOrNull(row, 'schema') === null || textOrNull(row, 'comment') === SCHEMA_MARK;
  return { names: new Set(names), seq: textOrNull(row, 'seq'), hasViews: isOurs };
}

/** The request with what Postgres holds of the models that it is to repair. */
export async function withFoundModels(
  database: Database,
  workspace: string,
  request: ChangeRequest,
): Promise<ChangeRequest> {
  const wanted = (request.operations ?? []).flatMap((one) => (one.op === 'repair' ? [one.difference] : []));
  if (wanted.length === 0) return request;
  const { differences, found } = await readDrift(database, workspace);
  const names = new Set(differences.filter(({ id }) => wanted.includes(id)).map(({ model }) => model));
  return { ...request, foundModels: found.filter(({ name }) => names.has(name)) };
}
