import { trashSchemaOf } from '../definition/adopted.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { trashedName, untrashedName } from '../plan/steps/trash-column.ts';
import type { TrashEntry } from '../plan/trash-entry.ts';

/** SQL of whether a field of the trash `t` went on in another column. Every key is called `id`. */
export const IS_CONVERTED = `(
  t.field_id = 'id'
  or exists (
    select
    from remodel.versions v
    join remodel.definitions d on d.hash = v.hash
    cross join json_array_elements(d.body::json -> 'fields') as f
    where v.model_id = t.model_id
      and v.change_id = t.change_id
      and f ->> 'id' = t.field_id
  )
)`;

/**
 * What lies in the trash of the CTE `workspace`, newest first, each as JSON in `entry`; nothing where neither the trash
 * ($2) nor versions ($3) are asked for.
 */
export const SELECT_TRASH = `
  select json_build_object(
    'kind', t.kind,
    'id', t.id,
    'modelId', t.model_id,
    'isConverted', ${IS_CONVERTED},
    'body', t.body,
    'column', t.column_name,
    'schema', t.schema_name,
    'lists', (
      select coalesce(json_agg(r.relname), '[]')
      from pg_class r
      join pg_namespace n on n.oid = r.relnamespace
      cross join jsonb_array_elements(coalesce(t.body -> 'fields', jsonb_build_array(t.body))) as f
      where n.nspname = $1 || '_trash'
        and f ->> 'type' = 'references'
        and r.relname = f ->> 'column'
    ),
    'isLeaving', c.status = 'published',
    'before', (
      select d.body::json
      from remodel.versions v
      join remodel.versions b on b.model_id = v.model_id and b.version = v.version - 1
      join remodel.definitions d on d.hash = b.hash
      where v.model_id = t.model_id
        and v.change_id = t.change_id
    ),
    'version', m.version,
    'changeId', t.change_id
  )::text as entry
  from workspace w
  join remodel.trash t on t.workspace_id = w.id
  join remodel.models m on m.id = t.model_id
  join remodel.changes c on c.id = t.change_id
  where json_array_length($2::json) + json_array_length($3::json) > 0
  order by t.n desc`;

/** The row as `SELECT_TRASH` makes it. */
type StoredEntry = {
  readonly id: string;
  readonly modelId: string;
  readonly isConverted: boolean;
  readonly column: string | null;
  readonly schema: string | null;
  readonly lists: readonly string[];
  readonly isLeaving: boolean;
  readonly before: Definition | null;
  readonly version: number;
  readonly changeId: string;
} & (
  | { readonly kind: 'field'; readonly body: Field }
  | { readonly kind: 'model'; readonly body: Definition }
);

/** An entry of a workspace from its JSON. What it holds was written by a publish. */
export function readTrashEntry(slug: string, json: string): TrashEntry {
  const row: StoredEntry = JSON.parse(json);
  const { id, modelId, changeId, before, lists } = row;
  const common = { id, modelId, changeId, lists };
  if (row.kind === 'model') {
    const { body: definition, version, schema } = row;
    // Its contract is still to come: who asks where it lies then has to wait for that as well.
    const trashSchema = schema ?? (row.isLeaving ? trashSchemaOf(slug, definition) : null);
    return { ...common, kind: 'model', definition, version, schema, trashSchema };
  }
  const field = row.body;
  const stored = row.column ?? field.column;
  // Its contract is still to come: who asks what it is called then has to wait for that as well.
  const isToBeRenamed = row.isLeaving && !hasJoinTable(field);
  const trashedAs = isToBeRenamed ? trashedName(untrashedName(stored)) : stored;
  const reason = row.isConverted ? 'converted' : 'dropped';
  return { ...common, kind: 'field', reason, field, stored, trashedAs, before };
}
