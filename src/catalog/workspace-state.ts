import type { Definition } from '../definition/definition.ts';
import { Failure } from '../failure.ts';
import type { WorkspaceState } from '../plan/workspace-state.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { number, text } from './columns.ts';

/** The definition that the catalog keeps as this text. It was validated before it was hashed and written. */
export function readDefinition(body: string): Definition {
  const definition: Definition = JSON.parse(body);
  return definition;
}

/** Everything that a plan starts from. Throws `unknown_workspace`. One statement, so that it is of one moment. */
export async function readWorkspaceState(database: Database, slug: string): Promise<WorkspaceState> {
  const rows = await database.query(sql`
    with workspace as (
      select id
      from remodel.workspaces
      where slug = ${slug}
        and trashed_at is null
    )
    select 'workspace' as kind, w.id::text as id, null as version, null as hash, null as body
    from workspace w
    union all
    select m.status, m.id, m.version::text, m.hash, d.body
    from remodel.models m
    join workspace w on w.id = m.workspace_id
    join remodel.definitions d on d.hash = m.hash
    union all
    select 'column', t.table_name, null, null, t.column_name
    from remodel.trash t
    join workspace w on w.id = t.workspace_id
    where t.kind = 'field'
  `);
  const of = (kind: string) => rows.filter((row) => row['kind'] === kind);
  const [workspace] = of('workspace');
  if (!workspace) throw new Failure('unknown_workspace', `there is no workspace ${slug}`);
  return {
    workspaceId: text(workspace, 'id'),
    slug,
    models: of('published')
      .map((row) => ({
        definition: readDefinition(text(row, 'body')),
        version: number(row, 'version'),
        hash: text(row, 'hash'),
      }))
      .sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1)),
    occupied: [
      ...of('trashed').map((row) => ({ table: readDefinition(text(row, 'body')).table, column: null })),
      ...of('column').map((row) => ({ table: text(row, 'id'), column: text(row, 'body') })),
    ],
  };
}
