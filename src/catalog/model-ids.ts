import { Failure } from '../failure.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { text } from './columns.ts';

/** The ids of the published models that are called so now, by their names. */
async function findModelIds(
  database: Database,
  workspace: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await database.query(sql`
    select h.name, h.model_id
    from remodel.workspaces w
    join remodel.heads h on h.workspace_id = w.id
    where w.slug = ${workspace}
      and w.trashed_at is null
      and h.model_id is not null
      and h.name in (select json_array_elements_text(${names}::json))
  `);
  return new Map(rows.map((row) => [text(row, 'name'), text(row, 'model_id')]));
}

/** The same of names that stand in the list `models` of a body, each of which has to be there. Throws `validation_failed`. */
export async function modelIdsOf(
  database: Database,
  workspace: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = await findModelIds(database, workspace, names);
  const errors = names.flatMap((name, n) =>
    ids.has(name)
      ? []
      : [{ path: `/models/${n}`, code: 'unknown_model', message: `there is no model ${name}` }],
  );
  if (errors.length > 0) throw new Failure('validation_failed', errors[0]?.message ?? '', { errors });
  return ids;
}

/** The id of the published model of that name, or null. */
export async function findModelId(
  database: Database,
  workspace: string,
  name: string,
): Promise<string | null> {
  return (await findModelIds(database, workspace, [name])).get(name) ?? null;
}
