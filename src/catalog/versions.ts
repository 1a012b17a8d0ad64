import type { Definition } from '../definition/definition.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import type { Actor } from './audit.ts';
import { number, text } from './columns.ts';
import { readDefinition } from './workspace-state.ts';

/** A definition that was published once. */
export interface PublishedVersion {
  readonly version: number;
  readonly hash: string;
  readonly changeId: string;
  /** Where the change came from. */
  readonly source: string;
  /** Who asked for it. */
  readonly actor: Actor;
  readonly publishedAt: string;
  readonly definition: Definition;
}

/** Whether an earlier version of a model had the definition that it has. */
export async function wasBefore(
  database: Database,
  { definition, version, hash }: Pick<PublishedVersion, 'definition' | 'version' | 'hash'>,
): Promise<boolean> {
  const rows = await database.query(sql`
    select
    from remodel.versions v
    where v.model_id = ${definition.id}
      and v.version < ${version}::integer
      and v.hash = ${hash}
    limit 1
  `);
  return rows.length > 0;
}

/** Every published definition of the model that has this name now, newest first. */
export async function readVersions(
  database: Database,
  workspace: string,
  name: string,
): Promise<readonly PublishedVersion[]> {
  const rows = await database.query(sql`
    select
      v.version::text,
      v.hash,
      v.change_id::text,
      c.source,
      c.actor::text,
      to_char(v.published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as published_at,
      d.body
    from remodel.workspaces w
    join remodel.heads h on h.workspace_id = w.id and h.name = ${name}
    join remodel.versions v on v.model_id = h.model_id
    join remodel.definitions d on d.hash = v.hash
    join remodel.changes c on c.id = v.change_id
    where w.slug = ${workspace}
      and w.trashed_at is null
    order by v.version desc
  `);
  return rows.map((row) => ({
    version: number(row, 'version'),
    hash: text(row, 'hash'),
    changeId: text(row, 'change_id'),
    source: text(row, 'source'),
    actor: JSON.parse(text(row, 'actor')),
    publishedAt: text(row, 'published_at'),
    definition: readDefinition(text(row, 'body')),
  }));
}
