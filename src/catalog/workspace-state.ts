import type { Definition } from '../definition/definition.ts';
import { EXTENSIONS } from '../definition/extensions.ts';
import { Failure } from '../failure.ts';
import { isTrashed, trashedName, untrashedName } from '../plan/steps/trash-column.ts';
import type { TouchedModels } from '../plan/touched-models.ts';
import { inOrder, type OccupiedName, type WorkspaceState } from '../plan/workspace-state.ts';
import type { Database } from '../ports.ts';
import { number, text } from './columns.ts';
import { readTrashEntry, SELECT_TRASH } from './trash-state.ts';

/** The definition that the catalog keeps as this text. It was validated before it was hashed and written. */
export function readDefinition(body: string): Definition {
  const definition: Definition = JSON.parse(body);
  return definition;
}

/** Definitions of before, of the models that are named. */
const PAST = `
    select distinct v.model_id, v.version, d.body
    from named n
    join remodel.versions v on v.model_id = n.id
    join remodel.definitions d on d.hash = v.hash
    where v.version in (select json_array_elements_text($3::json)::integer)`;

/**
 * Models that are called by these names or ids, by those that versions of before had as well; what refers to them where
 * their key goes, and what these refer to.
 */
const TOUCHED = `
  asked as (
    select a.handle, a.key, w.id as workspace_id
    from workspace w
    cross join json_each_text($4::json) as a (handle, key)
  ), coming as (
    select t.*
    from workspace w
    join remodel.trash t on t.workspace_id = w.id
    where t.id::text in (select json_array_elements_text($2::json))
  ), named as (
    select h.model_id as id, a.key
    from asked a
    join remodel.heads h on h.workspace_id = a.workspace_id and h.name = a.handle
    union all
    select m.id, a.key
    from asked a
    join remodel.models m on m.id = a.handle and m.workspace_id = a.workspace_id
    union all
    select model_id, 'any'
    from coming
    union all
    select h.model_id, 'any'
    from coming c
    join remodel.heads h on h.workspace_id = c.workspace_id
      and (h.name = c.body ->> 'name' or starts_with(h.name, (c.body ->> 'name') || '_'))
    where c.kind = 'model'
  ), past as (
    ${PAST}
  ), near as (
    select id
    from named
    union
    select m.id
    from workspace w
    join remodel.models m on m.workspace_id = w.id
    where m.refers_to && array(
      select n.id
      from named n
      join remodel.models k on k.id = n.id
      join remodel.definitions d on d.hash = k.hash
      where n.key not in ('any', d.body::json ->> 'key')
    )
  ), wanted as (
    select id
    from near
    union
    select unnest(m.refers_to)
    from near n
    join remodel.models m on m.id = n.id
    union
    select h.model_id
    from past p
    cross join workspace w
    join remodel.heads h on h.workspace_id = w.id and h.name = p.body::json ->> 'name'
    union
    select f ->> 'to'
    from (
      select body
      from coming
      union all
      select body::jsonb
      from past
      union all
      select t.body
      from past p
      join remodel.trash t on t.model_id = p.model_id
    ) as before
    cross join jsonb_array_elements(coalesce(before.body -> 'fields', jsonb_build_array(before.body))) as f
    where f ->> 'to' is not null
    union
    select t.model_id
    from coming c
    join remodel.trash t on t.change_id = c.change_id
  ), tables as (
    select m.table_name, false as is_former
    from asked a
    join remodel.models m on m.workspace_id = a.workspace_id and m.table_name = a.handle
    union
    select m.table_name, false
    from asked a
    join remodel.models m
      on m.workspace_id = a.workspace_id
      and m.table_name ~>=~ (a.handle || '_')
      and m.table_name ~<~ (a.handle || '\`')
    union
    select f.name, true
    from asked a
    join remodel.former_names f
      on f.workspace_id = a.workspace_id
      and f.kind = 'table'
      and (f.name = a.handle or (f.name ~>=~ (a.handle || '_') and f.name ~<~ (a.handle || '\`')))
  )`;

const ALL = `
  wanted as (
    select m.id
    from remodel.models m
    join workspace w on w.id = m.workspace_id
  ), named as (
    select id
    from wanted
  ), past as (
    ${PAST}
  ), tables as (
    select m.table_name, false as is_former
    from remodel.models m
    join workspace w on w.id = m.workspace_id
    union
    select f.name, true
    from remodel.former_names f
    join workspace w on w.id = f.workspace_id
    where f.kind = 'table'
  )`;

/**
 * What a plan starts from: of a workspace's models those that the plan touches, for there may be thousands.
 * Throws \`unknown_workspace\`. One statement, so that it is of one moment.
 */
export async function readWorkspaceState(
  database: Database,
  slug: string,
  touched: TouchedModels,
): Promise<WorkspaceState> {
  const rows = await database.query({
    text: `
      with workspace as (
        select id
        from remodel.workspaces
        where slug = $1
          and trashed_at is null
      ), ${touched.names === 'all' ? ALL : TOUCHED}, model as (
        select m.id, m.version, m.hash, m.table_name, d.body
        from wanted
        join remodel.models m on m.id = wanted.id and m.status = 'published'
        join remodel.definitions d on d.hash = m.hash
      )
      select 'workspace' as kind, w.id::text as id, null as version, null as hash, null as body
      from workspace w
      union all
      select 'model', null, version::text, hash, body
      from model
      union all
      select case when is_former then 'formerTable' else 'table' end, table_name, null, null, null
      from tables
      union all
      select case when c.status = 'published' then 'leavingColumn' else 'column' end, t.table_name, null, null,
        t.column_name
      from remodel.trash t
      join workspace w on w.id = t.workspace_id
      join remodel.changes c on c.id = t.change_id
      where t.kind = 'field'
        and t.table_name in (select table_name from model)
      union all
      select 'formerColumn', model.table_name, null, null, f.name
      from model
      join remodel.former_names f on f.model_id = model.id and f.kind = 'column'
      union all
      select 'past', null, version::text, null, body
      from past
      union all
      select 'trash', null, null, null, entry
      from (${SELECT_TRASH}) as lying
      union all
      select 'extension', e.extname, null, null, null
      from pg_extension e
      join pg_namespace n on n.oid = e.extnamespace
      where n.nspname = any (current_schemas(false))`,
    params: [
      slug,
      JSON.stringify(touched.trash),
      JSON.stringify(touched.versions),
      ...(touched.names === 'all' ? [] : [JSON.stringify(touched.names)]),
    ],
  });
  const of = (kind: string) => rows.filter((row) => row['kind'] === kind);
  const [workspace] = of('workspace');
  if (!workspace) throw new Failure('unknown_workspace', `there is no workspace ${slug}`);
  return {
    workspaceId: text(workspace, 'id'),
    slug,
    models: inOrder(
      of('model').map((row) => ({
        definition: readDefinition(text(row, 'body')),
        version: number(row, 'version'),
        hash: text(row, 'hash'),
      })),
    ),
    past: of('past').map((row) => ({
      version: number(row, 'version'),
      definition: readDefinition(text(row, 'body')),
    })),
    trash: of('trash').map((row) => readTrashEntry(slug, text(row, 'body'))),
    extensions: EXTENSIONS.filter((name) => of('extension').some((row) => row['id'] === name)),
    occupied: [
      ...of('table').map((row) => ({ table: text(row, 'id'), column: null })),
      ...of('formerTable').map((row) => ({ table: text(row, 'id'), column: null, isFormer: true as const })),
      ...of('column').map((row) => columnInTrash(text(row, 'id'), text(row, 'body'))),
      // Its contract is still to come: who asks what it is called then has to wait for that as well.
      ...of('leavingColumn').map((row) =>
        columnInTrash(text(row, 'id'), trashedName(untrashedName(text(row, 'body')))),
      ),
      ...of('formerColumn').map((row) => ({
        table: text(row, 'id'),
        column: text(row, 'body'),
        isFormer: true as const,
      })),
    ],
  };
}

function columnInTrash(table: string, stored: string): OccupiedName {
  return { table, column: untrashedName(stored), ...(isTrashed(stored) ? { trashedAs: stored } : {}) };
}
