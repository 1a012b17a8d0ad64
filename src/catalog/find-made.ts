import type { Made } from '../plan/drift/found-model.ts';
import { EDGE_RIGHTS } from '../plan/steps/adopt-table.ts';
import { KEPT } from '../plan/steps/keep.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { text } from './columns.ts';

/**
 * What Remodel made of the relations of some schemas, by `schema.name`: who owns them, what their triggers do, and what
 * views select. A view of ours and its comment come in one transaction, so that one whose rule was written by another
 * was replaced since, or came out of a dump: only that one is read, with all names in full.
 */
export async function findMade(
  database: Database,
  schemas: readonly string[],
): Promise<ReadonlyMap<string, Made>> {
  const rows = await database.query(sql`
    with full_names as materialized (
      select set_config('search_path', '', true) as path
    ), acting as (
      select r.oid
      from pg_roles r
      where pg_has_role(r.oid, 'remodel_migrator', 'member')
        and r.rolcanlogin
        and not r.rolsuper
    )
    select
      format('%s.%s', n.nspname, c.relname) as name,
      json_build_object(
        'strangeOwner', case
          when exists (select from acting a where not pg_has_role(a.oid, c.relowner, 'usage'))
            then pg_get_userbyid(c.relowner)
        end,
        'rewritten', (
          select pg_get_viewdef(c.oid)
          from pg_rewrite r
          left join pg_description d
            on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
          where full_names.path is not null
            and c.relkind = 'v'
            and r.ev_class = c.oid
            and r.rulename = '_RETURN'
            and r.xmin is distinct from d.xmin
        ),
        'triggers', (
          select coalesce(json_agg(json_build_object(
            'name', g.tgname,
            'type', g.tgtype,
            'fires', g.tgenabled in ('O', 'A'),
            'function', format('%s.%s', f.nspname, p.proname),
            'source', p.prosrc,
            'arguments', encode(g.tgargs, 'escape')
          )), '[]')
          from pg_trigger g
          join pg_proc p on p.oid = g.tgfoid
          join pg_namespace f on f.oid = p.pronamespace
          where g.tgrelid = c.oid
            and not g.tgisinternal
        ),
        'kept', (
          select coalesce(json_agg(made.name), '[]')
          from (
            select x.relname as name, obj_description(x.oid, 'pg_class') as comment
            from pg_index i
            join pg_class x on x.oid = i.indexrelid
            where i.indrelid = c.oid
            union all
            select o.conname, obj_description(o.oid, 'pg_constraint')
            from pg_constraint o
            where o.conrelid = c.oid
          ) as made
          where made.comment = ${KEPT}
        ),
        'hidesRows', c.relrowsecurity,
        'lacking', (
          select coalesce(json_agg(wanted.privilege), '[]')
          from json_array_elements_text(${EDGE_RIGHTS}::json) as wanted (privilege)
          where c.relkind = 'r'
            and not has_table_privilege('remodel_edge', c.oid, wanted.privilege)
        )
      )::text as made
    from full_names
    cross join pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in (select json_array_elements_text(${schemas}::json))
      and c.relkind in ('r', 'v')
  `);
  return new Map(rows.map((row) => [text(row, 'name'), JSON.parse(text(row, 'made'))]));
}
