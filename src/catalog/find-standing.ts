import type { FoundTable } from '../definition/found-table.ts';
import type { FoundTables } from '../plan/adopt/found-tables.ts';
import { notedModel } from '../plan/steps/note-events.ts';
import type { Database } from '../ports.ts';
import { text, textOrNull } from './columns.ts';

const REASONS = {
  partition: 'it is a partition, and its rows belong to the table that it is a part of',
  security:
    'row level security is on, so that rows would be hidden from remodel_edge, and shown by views: limit who reads what by keys, and disable it',
  trash: 'it lies in the trash, or is on its way there: restore it',
  elsewhere: 'it is a model of another workspace',
} as const;

function isReason(text: string): text is keyof typeof REASONS {
  return text in REASONS;
}

/**
 * What bars tables from becoming models of a workspace, whoever asks, and what the edge may do with them already. All
 * workspaces are looked at, those in the trash included. A model's table is known by what its triggers say, for it may
 * have been moved; by its name, where it has none.
 */
export async function findStanding(
  database: Database,
  workspace: string,
  tables: readonly FoundTable[],
): Promise<Pick<FoundTables, 'barred' | 'rights'>> {
  const rows = await database.query({
    text: `
      with wanted as (
        select w."table", w."schema", w.name, c.relacl, c.relispartition, c.relrowsecurity, ${notedModel('c.oid')} as model_id
        from json_to_recordset($2::json) as w ("table" text, "schema" text, name text)
        join pg_namespace n on n.nspname = w."schema"
        join pg_class c on c.relnamespace = n.oid and c.relname = w.name
      ), owners as (
        select wanted."table", w.slug, m.status
        from wanted
        join remodel.models m on m.id = wanted.model_id
        join remodel.workspaces w on w.id = m.workspace_id
        union all
        select wanted."table", w.slug, m.status
        from wanted
        join remodel.models m on m.table_name = wanted.name and m.status = 'published'
        join remodel.workspaces w on w.id = m.workspace_id
        join remodel.definitions d on d.hash = m.hash
        where coalesce(d.body::json #>> '{adopted,schema}', w.slug || '_data') = wanted."schema"
      )
      select
        wanted."table",
        to_json(array(
          select lower(a.privilege_type)
          from aclexplode(wanted.relacl) as a
          where a.grantee = 'remodel_edge'::regrole
          order by 1
        ))::text as rights,
        case
          when wanted.relispartition then 'partition'
          when wanted.relrowsecurity then 'security'
          when exists (select from remodel.workspaces w where w.slug || '_trash' = regexp_replace(wanted."schema", '_trash_.*$', '_trash'))
            or exists (select from owners o where o."table" = wanted."table" and o.slug = $1 and o.status = 'trashed')
            then 'trash'
          when exists (select from owners o where o."table" = wanted."table" and o.slug <> $1)
            or (wanted.model_id is not null and not exists (select from owners o where o."table" = wanted."table"))
            then 'elsewhere'
        end as reason
      from wanted`,
    params: [
      workspace,
      JSON.stringify(tables.map(({ schema, name }) => ({ table: `${schema}.${name}`, schema, name }))),
    ],
  });
  const barred = rows.flatMap((row) => {
    const reason = textOrNull(row, 'reason') ?? '';
    return isReason(reason) ? [[text(row, 'table'), REASONS[reason]] as const] : [];
  });
  const rights = rows.map((row): readonly [string, readonly string[]] => [
    text(row, 'table'),
    JSON.parse(text(row, 'rights')),
  ]);
  return { barred: Object.fromEntries(barred), rights: Object.fromEntries(rights) };
}
