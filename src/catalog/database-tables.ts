import type { FoundTable } from '../definition/found-table.ts';
import { Failure } from '../failure.ts';
import type { TableName } from '../plan/steps/step-kind.ts';
import type { Database } from '../ports.ts';
import { present } from './all-models.ts';
import { text } from './columns.ts';

/** A relation as it is listed: without what it is made of. */
export type ListedTable = Omit<FoundTable, 'columns' | 'indexes' | 'constraints' | 'triggers'>;

/**
 * Whose schemas are looked into, besides the workspace's own: `open` are those that an operator opened to it by a
 * comment on the schema, `all` those that no workspace owns. Neither are ever another workspace's, nor the catalog.
 */
export type Sight = 'open' | 'all';

/** How an operator opens a schema to workspaces: `comment on schema legacy is 'Remodel: open to main, staging'`. */
const OPEN = '^Remodel: open to (.*)$';

/** SQL of whether the schema `n` is of the workspace `w`, whatever lies in it. */
const isOf = (w: string) =>
  `(n.nspname in (${w}.slug, ${w}.slug || '_data', ${w}.slug || '_trash') or starts_with(n.nspname, ${w}.slug || '_trash_'))`;

/**
 * Relations that the workspace $1 may see by the sight $2. A name that a workspace in the trash bore is still its own.
 * What belongs to an extension is nobody's data.
 */
const VISIBLE = `
  workspace as (
    select id, slug
    from remodel.workspaces
    where slug = $1
      and trashed_at is null
  ), visible as (
    select c.oid, n.nspname, c.relname, c.relkind, c.reltuples, w.id as workspace_id, w.slug
    from workspace w
    join pg_namespace n on n.nspname !~ '^(pg_|information_schema$|remodel$)'
    join pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')
    where not exists (
        select
        from remodel.workspaces other
        where other.id <> w.id
          and ${isOf('other')}
      )
      and not exists (
        select
        from pg_depend d
        where d.classid = 'pg_class'::regclass
          and d.objid = c.oid
          and d.deptype = 'e'
      )
      and (
        $2 = 'all'
        or ${isOf('w')}
        or w.slug = any (string_to_array(
          substring(obj_description(n.oid, 'pg_namespace') from '${OPEN}'), ', '
        ))
      )
  )`;

/** The model of a relation `v`: its table, a join table of its lists, or its view, which says so in its comment. */
const MODEL = `coalesce(
    (
      select m.name
      from remodel.models m
      join remodel.definitions d on d.hash = m.hash
      where v.relkind = 'r'
        and m.workspace_id = v.workspace_id
        and m.table_name = v.relname::text
        and m.status = 'published'
        and v.nspname = coalesce(d.body::json #>> '{adopted,schema}', v.slug || '_data')
      limit 1
    ),
    (
      select m.name
      from remodel.models m
      where v.relkind = 'v'
        and v.nspname = v.slug
        and m.workspace_id = v.workspace_id
        and m.status = 'published'
        and m.id = substring(obj_description(v.oid, 'pg_class') from '^Remodel: model ([^ ,]+),')
    ),
    (
      select m.name
      from remodel.models m
      join remodel.definitions d on d.hash = m.hash
      cross join lateral json_array_elements(d.body::json -> 'fields') as f
      where v.relkind = 'r'
        and starts_with(v.relname::text, '_')
        and m.workspace_id = v.workspace_id
        and m.status = 'published'
        and v.nspname = coalesce(d.body::json #>> '{adopted,schema}', v.slug || '_data')
        and f ->> 'type' = 'references'
        and f ->> 'column' = v.relname
      limit 1
    )
  )`;

const SUMMARY = `
    'id', v.oid::text,
    'schema', v.nspname,
    'name', v.relname,
    'kind', case v.relkind
      when 'r' then 'table' when 'v' then 'view' when 'm' then 'materializedView'
      when 'p' then 'partitionedTable' else 'foreignTable'
    end,
    'comment', obj_description(v.oid, 'pg_class'),
    'model', ${MODEL},
    'estimatedRows', case when v.reltuples >= 0 then v.reltuples::bigint end,
    'bytes', pg_total_relation_size(v.oid)`;

const COLUMNS = `(
    select coalesce(json_agg(json_build_object(
      'name', a.attname,
      'type', format_type(a.atttypid, a.atttypmod),
      'baseType', case t.typtype
        when 'd' then format_type(t.typbasetype, t.typtypmod) else format_type(a.atttypid, a.atttypmod)
      end,
      'values', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
      'nullable', not a.attnotnull and not t.typnotnull,
      'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
      'identity', case a.attidentity when 'a' then 'always' when 'd' then 'byDefault' end,
      'generated', a.attgenerated <> '',
      'comment', col_description(v.oid, a.attnum)
    ) order by a.attnum), '[]')
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = v.oid
      and a.attnum > 0
      and not a.attisdropped
  )`;

const INDEXES = `(
    select coalesce(json_agg(json_build_object(
      'name', c.relname,
      'unique', i.indisunique,
      'primary', i.indisprimary,
      'valid', i.indisvalid,
      'method', am.amname,
      'columns', case
        when i.indpred is null and i.indexprs is null and i.indnkeyatts = i.indnatts then (
          select json_agg(case when (i.indoption::int[])[k.n - 1] & 1 = 1 then '-' else '' end || a.attname order by k.n)
          from unnest(i.indkey::int[]) with ordinality as k (attnum, n)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        )
      end,
      'definition', pg_get_indexdef(i.indexrelid)
    ) order by c.relname), '[]')
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_am am on am.oid = c.relam
    where i.indrelid = v.oid
  )`;

const columnNames = (table: string, columns: string) => `(
        select coalesce(json_agg(a.attname order by k.n), '[]')
        from unnest(${columns}) with ordinality as k (attnum, n)
        join pg_attribute a on a.attrelid = ${table} and a.attnum = k.attnum
      )`;

const CONSTRAINTS = `(
    select coalesce(json_agg(json_build_object(
      'name', o.conname,
      'kind', case o.contype
        when 'p' then 'primaryKey' when 'u' then 'unique' when 'c' then 'check'
        when 'f' then 'foreignKey' else 'exclusion'
      end,
      'columns', ${columnNames('o.conrelid', 'o.conkey')},
      'deferrable', o.condeferrable,
      'validated', o.convalidated,
      'definition', pg_get_constraintdef(o.oid),
      'references', case o.contype when 'f' then json_build_object(
        'schema', fn.nspname,
        'table', fc.relname,
        'columns', ${columnNames('o.confrelid', 'o.confkey')},
        'onDelete', case o.confdeltype
          when 'a' then 'noAction' when 'r' then 'restrict' when 'c' then 'cascade'
          when 'n' then 'setNull' else 'setDefault'
        end
      ) end
    ) order by o.conname), '[]')
    from pg_constraint o
    left join pg_class fc on fc.oid = o.confrelid
    left join pg_namespace fn on fn.oid = fc.relnamespace
    where o.conrelid = v.oid
      and o.contype in ('p', 'u', 'c', 'f', 'x')
  )`;

const TRIGGERS = `(
    select coalesce(json_agg(g.tgname order by g.tgname), '[]')
    from pg_trigger g
    where g.tgrelid = v.oid
      and not g.tgisinternal
  )`;

/** Everything that a workspace may see, by schema and name. Throws `unknown_workspace`. */
export async function listTables(
  database: Database,
  workspace: string,
  sight: Sight,
): Promise<readonly ListedTable[]> {
  const rows = await database.query({
    text: `
      with ${VISIBLE}
      select v.relname as name, json_build_object(${SUMMARY})::text as found
      from workspace w
      left join visible v on true
      order by v.nspname collate "C", v.relname collate "C"`,
    params: [workspace, sight],
  });
  return present(rows, workspace).map((row) => JSON.parse(text(row, 'found')));
}

/** Which relations are read whole: one, those of a schema, or the tables of all that the workspace owns. */
type Wanted = TableName | { readonly schema: string };

/** Relations with all that they are made of, by name. Throws `unknown_workspace`. */
export async function readTables(
  database: Database,
  workspace: string,
  sight: Sight,
  wanted: Wanted,
): Promise<readonly FoundTable[]> {
  const rows = await database.query({
    text: `
      with ${VISIBLE}
      select
        v.relname as name,
        json_build_object(${SUMMARY},
          'columns', ${COLUMNS},
          'indexes', ${INDEXES},
          'constraints', ${CONSTRAINTS},
          'triggers', ${TRIGGERS}
        )::text as found
      from workspace w
      left join visible v on v.nspname = $3 and ($4::text is null or v.relname = $4)
      order by v.relname collate "C"`,
    params: [workspace, sight, wanted.schema, 'table' in wanted ? wanted.table : null],
  });
  return present(rows, workspace).map((row) => JSON.parse(text(row, 'found')));
}

/** One relation. Throws `unknown_table`, also where it is not to be seen. */
export async function readTable(
  database: Database,
  workspace: string,
  sight: Sight,
  name: TableName,
): Promise<FoundTable> {
  const [table] = await readTables(database, workspace, sight, name);
  if (table) return table;
  throw new Failure(
    'unknown_table',
    `there is no table ${name.schema}.${name.table} that this workspace may see`,
  );
}
