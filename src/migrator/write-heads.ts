import { number, text, textOrNull } from '../catalog/columns.ts';
import { formatHead } from '../heads/head.ts';
import { formatWorkspaceState, WORKSPACE_FIELD } from '../heads/workspace-state.ts';
import type { Database, HeadStore, PublishedHead, Row } from '../ports.ts';
import { sql } from '../statement.ts';

/** Heads that are written at once where a whole workspace is: their definitions have to fit into memory. */
const PAGE = 100;

/** Rows of the heads of one workspace: those of a change, or a page of all (`names` null). */
async function readCatalogHeads(
  database: Database,
  workspace: string,
  names: readonly string[] | null,
  after: string,
): Promise<readonly Row[]> {
  return database.query(sql`
    select
      h.name,
      h.seq::text,
      h.version::text,
      h.hash,
      floor(extract(epoch from v.published_at) * 1000)::bigint::text as published_at,
      d.body,
      w.state_seq::text,
      (w.trashed_at is not null)::text as is_trashed
    from remodel.heads h
    join remodel.workspaces w on w.id = h.workspace_id
    left join remodel.versions v on v.model_id = h.model_id and v.version = h.version
    left join remodel.definitions d on d.hash = h.hash
    where w.slug = ${workspace}
      and (${names === null ? 'all' : 'some'} = 'all'
        or h.name in (select jsonb_array_elements_text(${names ?? []}::jsonb)))
      and h.name > ${after}
    order by h.name
    limit case ${names === null ? 'all' : 'some'} when 'all' then ${PAGE}::integer end
  `);
}

function headOf(row: Row): PublishedHead {
  const hash = textOrNull(row, 'hash');
  const publishedAt = textOrNull(row, 'published_at');
  return {
    model: text(row, 'name'),
    head: formatHead({
      seq: number(row, 'seq'),
      version: number(row, 'version'),
      hash: hash ?? '',
      publishedAt: publishedAt === null ? null : Number(publishedAt),
    }),
    hash,
    body: textOrNull(row, 'body'),
  };
}

/** What stands beside the heads, and says whether they count. */
function workspaceOf(row: Row): PublishedHead {
  const state = formatWorkspaceState(number(row, 'state_seq'), text(row, 'is_trashed') === 'true');
  return { model: WORKSPACE_FIELD, head: state, hash: null, body: null };
}

/** Brings Redis up to what is committed. Heads only grow (invariant 2), so repeating it changes nothing. */
export async function writeHeads(
  database: Database,
  heads: HeadStore,
  workspace: string,
  names: readonly string[] | null,
): Promise<void> {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const rows = await readCatalogHeads(database, workspace, names, after);
    const last = rows.at(-1);
    if (last) await heads.publish(workspace, [...rows.map(headOf), workspaceOf(last)]);
    after = last && names === null && rows.length === PAGE ? text(last, 'name') : undefined;
  }
}
