import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { text } from './columns.ts';

/** The ids of the published models that are called so now, by their names. */
export async function findModelIds(
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

/** The id of the published model of that name, or null. */
export async function findModelId(
  database: Database,
  workspace: string,
  name: string,
): Promise<string | null> {
  return (await findModelIds(database, workspace, [name])).get(name) ?? null;
}
