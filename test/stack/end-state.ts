import type { Parts } from './parts.ts';

/** What a workspace is, in lists. */
export interface EndState {
  readonly indexes: readonly { readonly valid: boolean }[];
  readonly constraints: readonly { readonly constraint: string; readonly valid: boolean }[];
  readonly changes: readonly { readonly seq: number }[];
  readonly steps: readonly { readonly seq: number }[];
  readonly [others: string]: readonly object[];
}

/**
 * All that a workspace is at the end: tables, columns, indexes, constraints, views, catalog, heads. What differs from
 * run to run by nature (ids, hashes, times, the name of the workspace) is left out, so that the end of one run
 * can be compared with that of another.
 */
export async function endState(system: Parts, workspace: string): Promise<EndState> {
  const schemas = [`${workspace}_data`, `${workspace}_trash`, `${workspace}_legacy`];
  // The digest in the name of a join table is of its model's id, and those of its keys and its index are of the name.
  const neutral = (text: unknown) =>
    String(text)
      .replaceAll(workspace, 'ws')
      .replace(/\b(_[a-z0-9_]+?)_[0-9a-f]{8}(_\d{1,3})?(?:_[0-9a-f]{8}_(fk|idx))?(?![0-9a-f])/g, '$1 $2$3');
  const inSchemas = 'n.nspname = any ($1)';
  const [columns, indexes, constraints, triggers, views, changes, steps, models, heads, trash] =
    await Promise.all([
      system.sql(
        `select n.nspname as schema, c.relname as table, a.attname as column, a.attnotnull as required,
        format_type(a.atttypid, a.atttypmod) as type, pg_get_expr(d.adbin, d.adrelid) as default
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
      join pg_namespace n on n.oid = c.relnamespace
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where ${inSchemas} and a.attnum > 0 and not a.attisdropped
      order by 1, 2, a.attnum`,
        [schemas],
      ),
      system.sql(
        `select pg_get_indexdef(i.indexrelid) as index, i.indisvalid as valid
      from pg_index i
      join pg_class c on c.oid = i.indexrelid
      join pg_namespace n on n.oid = c.relnamespace
      where ${inSchemas}
      order by 1`,
        [schemas],
      ),
      system.sql(
        `select o.conname as name, pg_get_constraintdef(o.oid) as constraint, o.convalidated as valid
      from pg_constraint o
      join pg_namespace n on n.oid = o.connamespace
      where ${inSchemas}
      order by 1, 2`,
        [schemas],
      ),
      system.sql(
        `select t.tgname as trigger
      from pg_trigger t
      join pg_class c on c.oid = t.tgrelid
      join pg_namespace n on n.oid = c.relnamespace
      where ${inSchemas} and not t.tgisinternal
      union all
      select p.proname || ': ' || p.prosrc
      from pg_proc p
      join pg_namespace n on n.oid = p.pronamespace
      where ${inSchemas}
      order by 1`,
        [schemas],
      ),
      system.sql(
        `select c.relname as view, pg_get_viewdef(c.oid) as text, c.relacl::text as rights,
        regexp_replace(obj_description(c.oid, 'pg_class'), 'model \\S+', 'model') as mark
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relkind = 'v'
      order by 1`,
        [workspace],
      ),
      system.sql(
        `select c.seq::integer, c.status, c.error
      from remodel.changes c
      join remodel.workspaces w on w.id = c.workspace_id
      where w.slug = $1
      order by c.seq`,
        [workspace],
      ),
      system.sql(
        `select c.seq::integer, s.n, s.phase, s.kind, s.status, s.error
      from remodel.steps s
      join remodel.changes c on c.id = s.change_id
      join remodel.workspaces w on w.id = c.workspace_id
      where w.slug = $1
      order by c.seq, s.n`,
        [workspace],
      ),
      system.sql(
        `select m.name, m.status, m.version, d.body,
        (select array_agg(v.version order by v.version) from remodel.versions v where v.model_id = m.id) as versions
      from remodel.models m
      join remodel.workspaces w on w.id = m.workspace_id
      join remodel.definitions d on d.hash = m.hash
      where w.slug = $1
      order by m.name`,
        [workspace],
      ),
      system.sql(
        `select h.name, h.seq || '.' || h.version || '.' || coalesce(h.hash, '') as head
      from remodel.heads h
      join remodel.workspaces w on w.id = h.workspace_id
      where w.slug = $1
      order by h.name`,
        [workspace],
      ),
      system.sql(
        `select t.kind, t.name, t.table_name as table, t.column_name as column
      from remodel.trash t
      join remodel.workspaces w on w.id = t.workspace_id
      where w.slug = $1
      order by 1, 2, 3, 4`,
        [workspace],
      ),
    ]);
  const echoes = await Promise.all(
    heads.map(async ({ name, head }) => ({
      name,
      isEchoed: (await system.redis.command(['HGET', `heads:${workspace}`, String(name)])) === head,
    })),
  );
  return JSON.parse(
    neutral(
      JSON.stringify({
        columns,
        indexes: inOneOrder(indexes, neutral),
        constraints: inOneOrder(constraints, neutral),
        triggers,
        views: views.map(({ mark, ...view }) => ({ ...view, mark: String(mark).replace(/ \S+$/, '') })),
        changes,
        steps,
        models: withNumberedIds(
          models.map(({ body, ...model }) => ({ ...model, definition: JSON.parse(String(body)) })),
        ),
        heads: echoes,
        trash,
      }),
    ),
  );
}

/** By what is left of them where digests are not: names begin with those, or hold them. */
function inOneOrder(rows: readonly object[], neutral: (text: string) => string): readonly object[] {
  return rows
    .map((row) => [neutral(JSON.stringify(row)), row] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, row]) => row);
}

/** Ids say where they come from: here they are told apart by their order alone. */
function withNumberedIds(models: readonly object[]): unknown {
  const ids: string[] = [];
  const text = JSON.stringify(models).replace(/(?<="-?|\{)[0-9a-f]{20}(?=["}])/g, (id) => {
    if (!ids.includes(id)) ids.push(id);
    return `id ${ids.indexOf(id)}`;
  });
  return JSON.parse(text);
}
