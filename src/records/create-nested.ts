import { hasJoinTable } from '../definition/join-table.ts';
import { arrayLiteral } from '../definition/values/array-literal.ts';
import { Failure, type Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import { type Database, DatabaseError } from '../ports.ts';
import { answered } from './create-sql.ts';
import { nestedClauses } from './nested-create-sql.ts';
import { type NestedRecord, readNested } from './nested-records.ts';
import { Parameters } from './parameters.ts';
import { type StoredRecord, stored } from './record-sql.ts';
import { explainViolation, type Values } from './violations.ts';

/**
 * Creates records together with those that they refer to and those that refer to them, all or nothing, in one
 * statement. `ahead`: the parameters of the fence, and of the answer that is kept. Throws `validation_failed` or a
 * violation, with the place of the record that it is of.
 */
export async function createNested(
  database: Database,
  model: ModelClass,
  related: Related,
  values: readonly unknown[],
  pathOf: (n: number) => string,
  ahead: readonly string[],
  keep: boolean,
): Promise<readonly StoredRecord[]> {
  const errors: Finding[] = [];
  const { roots, all } = readNested(model, related, values, pathOf, errors);
  if (errors.length > 0) {
    throw new Failure('validation_failed', `nothing was created: ${errors.length} values do not fit`, {
      errors,
    });
  }
  const parameters = new Parameters(ahead);
  const text = answered(model, nestedClauses(roots, all, parameters), keep);
  try {
    const rows = await database.query({ text, params: parameters.values });
    return rows.flatMap((row) => stored(row) ?? []);
  } catch (error) {
    const refused = all.filter((record) => isOf(record, error));
    const [one] = refused;
    if (!one) throw explainViolation(model, error, { records: [], pathOf });
    throw explainViolation(one.model, error, {
      records: refused.map(allValues),
      pathOf: (n) => refused[n]?.path ?? '',
    });
  }
}

/** Whether what Postgres refused is of the table of a record, or of one of its lists. */
function isOf({ model: { definition } }: NestedRecord, error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  const lists = definition.fields.filter(hasJoinTable).map(({ column }) => column);
  return [definition.table, ...lists].some((table) => table === error.table);
}

/** With the keys of lists, where all of these were there. */
function allValues({ values, lists }: NestedRecord): Values {
  const keys = [...lists].map(
    ([name, entries]) =>
      [name, arrayLiteral(entries.map((entry) => (typeof entry === 'string' ? entry : '')))] as const,
  );
  return { ...values, ...Object.fromEntries(keys) };
}
