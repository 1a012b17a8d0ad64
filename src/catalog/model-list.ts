import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { present } from './all-models.ts';
import { number, text, textOrNull } from './columns.ts';

/** A published model as it is listed. */
export interface ListedModel {
  readonly name: string;
  readonly label: string | null;
  readonly version: number;
  readonly hash: string;
  readonly status: 'published';
  /** How many. */
  readonly fields: number;
}

/** Every published model of a workspace, by name; or those of them that have these ids. Throws `unknown_workspace`. */
export async function listModels(
  database: Database,
  slug: string,
  only: readonly string[] | null = null,
): Promise<readonly ListedModel[]> {
  const rows = await database.query(sql`
    select
      m.name,
      d.body::json ->> 'label' as label,
      m.version::text,
      m.hash,
      json_array_length(d.body::json -> 'fields')::text as fields
    from remodel.workspaces w
    left join (
      remodel.models m
      join remodel.definitions d on d.hash = m.hash
    ) on m.workspace_id = w.id and m.status = 'published'
      and (${only}::json is null or m.id in (select json_array_elements_text(${only}::json)))
    where w.slug = ${slug}
      and w.trashed_at is null
    order by m.name collate "C"
  `);
  return present(rows, slug).map((row) => ({
    name: text(row, 'name'),
    label: textOrNull(row, 'label'),
    version: number(row, 'version'),
    hash: text(row, 'hash'),
    status: 'published',
    fields: number(row, 'fields'),
  }));
}
