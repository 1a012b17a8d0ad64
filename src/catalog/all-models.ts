import type { Definition } from '../definition/definition.ts';
import { Failure } from '../failure.ts';
import type { Database, Row } from '../ports.ts';
import { sql } from '../statement.ts';
import { number, text } from './columns.ts';
import { readDefinition } from './workspace-state.ts';

/** Which definition a model has now. */
export interface CurrentModel {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
}

/**
 * Every published model of a workspace, by name, without its definition; or those of them that have these ids. Throws
 * `unknown_workspace`.
 */
export async function readCurrentModels(
  database: Database,
  slug: string,
  only: readonly string[] | null,
): Promise<readonly CurrentModel[]> {
  const rows = await database.query(sql`
    select m.name, m.version::text, m.hash
    from remodel.workspaces w
    left join remodel.models m on m.workspace_id = w.id and m.status = 'published'
      and (${only}::json is null or m.id in (select json_array_elements_text(${only}::json)))
    where w.slug = ${slug}
      and w.trashed_at is null
    order by m.name collate "C"
  `);
  return present(rows, slug).map(currentModel);
}

/** The same with their definitions, all of one moment. */
export async function readAllModels(
  database: Database,
  slug: string,
  only: readonly string[] | null,
): Promise<readonly (CurrentModel & { readonly definition: Definition })[]> {
  const rows = await database.query(sql`
    select m.name, m.version::text, m.hash, d.body
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
    ...currentModel(row),
    definition: readDefinition(text(row, 'body')),
  }));
}

/** A workspace without models is one row of nulls, one that is not there none. */
export function present(rows: readonly Row[], slug: string): readonly Row[] {
  if (rows.length === 0) throw new Failure('unknown_workspace', `there is no workspace ${slug}`);
  return rows.filter((row) => row['name'] !== null);
}

function currentModel(row: Row): CurrentModel {
  return { name: text(row, 'name'), version: number(row, 'version'), hash: text(row, 'hash') };
}
