import { type FoundRelation, type FoundViews, viewNames, viewWarnings } from '../plan/publish-views.ts';
import type { Publish } from '../plan/steps/publish.ts';
import type { Step } from '../plan/steps.ts';
import { SCHEMA_MARK } from '../plan/view.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { text, textOrNull } from './columns.ts';

/** What stands where the views of a publish are to be: its names, and what was set aside under them. */
export async function findViews(database: Database, step: Publish): Promise<FoundViews> {
  // The range is for the index: names sort byte by byte, and '@' is right before 'A'.
  const rows = await database.query(sql`
    select
      obj_description(n.oid, 'pg_namespace') as schema_comment,
      found.name,
      found.comment,
      found.dependents,
      found.grants
    from pg_namespace n
    left join lateral (
      select
        c.relname::text as name,
        case c.relkind when 'v' then obj_description(c.oid, 'pg_class') end as comment,
        (
          select to_json(array(
            select distinct coalesce(r.ev_class::regclass::text, pg_describe_object(d.classid, d.objid, 0))
            from pg_depend d
            left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
            where d.refclassid = 'pg_class'::regclass
              and d.refobjid = c.oid
              and d.deptype = 'n'
              and r.ev_class is distinct from c.oid
            order by 1
          ))
        )::text as dependents,
        (
          select coalesce(json_agg(json_build_object(
            'privilege', lower(a.privilege_type),
            'to', case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end
              || case when a.is_grantable then ' with grant option' else '' end
          )), '[]')
          from aclexplode(c.relacl) a
          where a.grantee <> c.relowner
        )::text as grants
      from json_array_elements_text(${viewNames(step)}::json) as wanted (name)
      join pg_class c on c.relnamespace = n.oid
        and c.relname >= wanted.name::name
        and c.relname < (wanted.name || 'A')::name
      where c.relname = wanted.name
        or starts_with(c.relname::text, wanted.name || '@')
    ) found on true
    where n.nspname = ${step.viewSchema}
  `);
  const [first] = rows;
  if (!first) return { schema: 'absent', relations: [] };
  return {
    schema: textOrNull(first, 'schema_comment') === SCHEMA_MARK ? 'ours' : 'foreign',
    relations: rows
      .filter((row) => row['name'] !== null)
      .map(
        (row): FoundRelation => ({
          name: text(row, 'name'),
          comment: textOrNull(row, 'comment'),
          dependents: JSON.parse(text(row, 'dependents')),
          grants: JSON.parse(text(row, 'grants')),
        }),
      ),
  };
}

/** What the author of a change is told about its readable views. */
export async function findViewWarnings(
  database: Database,
  steps: readonly Step[],
): Promise<readonly string[]> {
  for (const step of steps) {
    if (step.kind === 'publish') return viewWarnings(step, await findViews(database, step));
  }
  return [];
}
