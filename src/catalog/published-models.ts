import type { Definition } from '../definition/definition.ts';
import { Failure } from '../failure.ts';
import type { Database, Row } from '../ports.ts';
import { sql } from '../statement.ts';
import { number, text, textOrNull } from './columns.ts';
import { readDefinition } from './workspace-state.ts';

/** A model as it was last published. */
export interface PublishedModel {
  readonly kind: 'published';
  readonly name: string;
  /** Of the publish that gave the name its present meaning. */
  readonly seq: number;
  readonly version: number;
  readonly hash: string;
  /** Milliseconds since the epoch; null where that is not known. */
  readonly publishedAt: number | null;
  readonly definition: Definition;
}

/** What the catalog says of a model name. */
export type CatalogModel =
  | PublishedModel
  /** A change that is under way may bring it. */
  | { readonly kind: 'pending'; readonly name: string }
  | { readonly kind: 'unknown'; readonly name: string };

/** Models by name, in the order asked. One statement. Throws `unknown_workspace`. */
export async function readPublishedModels(
  database: Database,
  workspace: string,
  names: readonly string[],
): Promise<readonly CatalogModel[]> {
  const rows = await database.query(sql`
    select
      n.name,
      h.seq::text,
      h.version::text,
      h.hash,
      d.body,
      floor(extract(epoch from v.published_at) * 1000)::bigint::text as published_at,
      exists (
        select
        from remodel.changes c
        where c.workspace_id = w.id
          and c.status in ('queued', 'running')
          and c.committed_at is null
          and n.name = any (c.model_names)
      )::text as pending
    from remodel.workspaces w
    cross join json_array_elements_text(${names}::json) with ordinality as n (name, n)
    left join remodel.heads h on h.workspace_id = w.id and h.name = n.name
    left join remodel.versions v on v.model_id = h.model_id and v.version = h.version
    left join remodel.definitions d on d.hash = h.hash
    where w.slug = ${workspace}
      and w.trashed_at is null
    order by n.n
  `);
  if (rows.length < names.length)
    throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
  return rows.map((row) => {
    const name = text(row, 'name');
    const body = textOrNull(row, 'body');
    if (body === null) return { kind: row['pending'] === 'true' ? 'pending' : 'unknown', name };
    return published(row);
  });
}

/** Published models by their ids, whatever they are called; those that are no more are left out. */
export async function readModelsById(
  database: Database,
  workspace: string,
  ids: readonly string[],
): Promise<readonly PublishedModel[]> {
  const rows = await database.query(sql`
    select
      h.name,
      h.seq::text,
      h.version::text,
      h.hash,
      floor(extract(epoch from v.published_at) * 1000)::bigint::text as published_at,
      d.body
    from remodel.workspaces w
    join remodel.models m on m.workspace_id = w.id and m.id in (select json_array_elements_text(${ids}::json))
    join remodel.heads h on h.workspace_id = w.id and h.name = m.name and h.model_id = m.id
    join remodel.versions v on v.model_id = h.model_id and v.version = h.version
    join remodel.definitions d on d.hash = h.hash
    where w.slug = ${workspace}
      and w.trashed_at is null
  `);
  return rows.map(published);
}

function published(row: Row): PublishedModel {
  const publishedAt = textOrNull(row, 'published_at');
  return {
    kind: 'published',
    name: text(row, 'name'),
    seq: number(row, 'seq'),
    version: number(row, 'version'),
    hash: text(row, 'hash'),
    publishedAt: publishedAt === null ? null : Number(publishedAt),
    definition: readDefinition(text(row, 'body')),
  };
}
