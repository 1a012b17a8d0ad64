import type { Check } from '../plan/check.ts';
import type { Database } from '../ports.ts';
import { textOrNull } from './columns.ts';

/** What a check found: how many rows stand in the way, and the first of them. */
export interface CheckResult {
  readonly kind: Check['kind'];
  readonly model: string;
  readonly field: string;
  readonly failing: number;
  readonly samples: readonly { readonly id: string | null; readonly value: string | null }[];
}

/** Puts the checks of a plan to the data. Where an expression fails, no other check can look at its values. */
export async function runChecks(
  database: Database,
  checks: readonly Check[],
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { kind, model, field, statement } of checks) {
    if (kind !== 'expression' && failed(results)) break;
    const rows = await database.query(statement);
    results.push({
      kind,
      model,
      field,
      failing: Number(textOrNull(rows[0], 'failing') ?? 0),
      samples: rows.map((row) => ({ id: textOrNull(row, 'id'), value: textOrNull(row, 'value') })),
    });
  }
  return results;
}

function failed(results: readonly CheckResult[]): boolean {
  return results.some(({ kind, failing }) => kind === 'expression' && failing > 0);
}
