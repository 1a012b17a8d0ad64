import { text } from '../catalog/columns.ts';
import { keyField } from '../catalog/key-state.ts';
import { type Database, type HeadStore, HeadStoreError } from '../ports.ts';
import { plain } from '../statement.ts';

/**
 * API keys that ended three months ago: rotations would else add to what is listed, and to what Redis holds, for ever.
 * Who has one is told the same as before, that it is none; what was done with it stays in the audit log.
 */
export async function forgetKeys(session: Database, heads: HeadStore): Promise<void> {
  const rows = await session.query(
    plain(`
      delete from remodel.keys k
      using remodel.workspaces w
      where w.id = k.workspace_id
        and least(k.revoked_at, k.expires_at) < now() - interval '90 days'
      returning w.slug, k.hash`),
  );
  const fields = Map.groupBy(rows, (row) => text(row, 'slug'));
  try {
    for (const [workspace, ended] of fields) {
      await heads.remove(
        workspace,
        ended.map((row) => keyField(text(row, 'hash'))),
      );
    }
  } catch (error) {
    // What it holds of them says that they ended.
    if (!(error instanceof HeadStoreError)) throw error;
  }
}
