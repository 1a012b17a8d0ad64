import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import type { StoredRecord } from './record-sql.ts';

/** The answer that was given under an `Idempotency-Key`: records, or the report of an import. */
export interface KeptAnswer {
  readonly bodyHash: string;
  readonly records: readonly StoredRecord[];
  readonly report: object | null;
  /** Of the definition that they were written by; null where that was not kept yet. */
  readonly hash: string | null;
}

/** An answer as it is kept. Of records alone, it was kept before there were hashes beside them. */
interface Kept {
  readonly hash: string;
  /** Null where there are none. */
  readonly records?: readonly string[] | null;
  readonly report?: object;
}

/** The answer that is kept under a key; null where the key is new. */
export async function findAnswer(
  database: Database,
  workspace: string,
  key: string,
): Promise<KeptAnswer | null> {
  const [row] = await database.query(sql`
    select k.body_hash, k.response
    from remodel.idempotency_keys k
    join remodel.workspaces w on w.id = k.workspace_id
    where w.slug = ${workspace}
      and k.key = ${key}
  `);
  if (!row) return null;
  const kept: Kept | readonly string[] = JSON.parse(row['response'] ?? '[]');
  const { hash, records, report } = 'hash' in kept ? kept : { hash: null, records: kept };
  return {
    bodyHash: row['body_hash'] ?? '',
    hash,
    records: (records ?? []).map((json) => ({ json })),
    report: report ?? null,
  };
}

/** Keeps the report of an import, in its transaction. */
export async function keepReport(
  database: Database,
  { workspace, hash }: { readonly workspace: string; readonly hash: string },
  { key, bodyHash }: { readonly key: string; readonly bodyHash: string },
  report: object,
): Promise<void> {
  const kept: Kept = { hash, report };
  await database.query(sql`
    insert into remodel.idempotency_keys (workspace_id, key, body_hash, response)
    select w.id, ${key}, ${bodyHash}, ${JSON.stringify(kept)}
    from remodel.workspaces w
    where w.slug = ${workspace}
  `);
}
