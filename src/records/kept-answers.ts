import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import type { StoredRecord } from './record-sql.ts';

/** The answer that was given under an `Idempotency-Key`. */
export interface KeptAnswer {
  readonly bodyHash: string;
  readonly records: readonly StoredRecord[];
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
  const kept: readonly string[] = JSON.parse(row['response'] ?? '[]');
  return { bodyHash: row['body_hash'] ?? '', records: kept.map((json) => ({ json })) };
}
