import * as v from 'valibot';
import type { Filter } from '../definition/filter.ts';
import { Failure, type Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import { findingsOf } from '../model/validation.ts';
import type { Database } from '../ports.ts';
import { filterOf } from './filter-parameters.ts';
import { assertKnown } from './list-query.ts';
import { deleteStatement, type ManyQuery, updateStatement } from './many-sql.ts';
import { type StoredRecord, stored } from './record-sql.ts';
import { explainViolation } from './violations.ts';

/** What became of them. */
export interface Affected {
  readonly count: number;
  readonly records: readonly StoredRecord[];
}

const MAX_AFFECTED = 10_000;

/** Reads `filter…` and `maxAffected`. Throws `invalid_query`; a write of all records has to say that it is. */
export function parseManyQuery(model: ModelClass, related: Related, params: URLSearchParams): ManyQuery {
  const findings: Finding[] = [];
  const filter = filterOf(model, related, params, findings);
  if (findings.length === 0 && !(filter && comparesAny(filter))) {
    const message =
      'say which records: without a filter it would be all of them, which is filter[id][_null]=false';
    findings.push({ path: 'filter', code: 'required', message });
  }
  const text = params.get('maxAffected');
  const maxAffected = text === null ? MAX_AFFECTED : /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (maxAffected < 1 || maxAffected > MAX_AFFECTED) {
    findings.push({ path: 'maxAffected', code: 'invalid_value', message: `must be 1 to ${MAX_AFFECTED}` });
  }
  assertKnown(params, ['filter', 'filter[FIELD]', 'maxAffected', 'dryRun'], findings);
  return { filter: filter ?? { kind: 'and', filters: [] }, related: related.taken, maxAffected };
}

/** Whether a filter asks for anything: `{}` would be all records as well. */
function comparesAny(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.some(comparesAny);
    case 'not':
    case 'related':
      return comparesAny(filter.filter);
    case 'compare':
      return true;
  }
}

/** Changes the fields that are given, in all records of a query or in none. Throws `too_many_affected`, or a violation. */
export async function updateRecords(
  database: Database,
  model: ModelClass,
  query: ManyQuery,
  patch: unknown,
): Promise<Affected> {
  const parsed = v.safeParse(model.updateSchema, patch);
  if (!parsed.success) {
    const errors = findingsOf(parsed.issues, '');
    throw new Failure('validation_failed', `nothing was written: no ${model.definition.name} is like that`, {
      errors,
    });
  }
  const values = parsed.output;
  if (Object.keys(values).length === 0) {
    throw new Failure('validation_failed', 'nothing to change: name at least one field');
  }
  try {
    const rows = await database.query(updateStatement(model, query, values));
    const count = countOf(rows[0]?.['matched'], query);
    return { count, records: rows.flatMap((row) => stored(row) ?? []) };
  } catch (error) {
    throw explainViolation(model, error, { records: [values], pathOf: () => '' });
  }
}

/** Deletes all records of a query, or none. Throws `too_many_affected`, or a violation. */
export async function deleteRecords(
  database: Database,
  model: ModelClass,
  query: ManyQuery,
): Promise<number> {
  try {
    const [row] = await database.query(deleteStatement(model, query));
    return countOf(row?.['matched'], query);
  } catch (error) {
    throw explainViolation(model, error, { records: [], pathOf: () => '' });
  }
}

function countOf(matched: string | null | undefined, { maxAffected }: ManyQuery): number {
  const count = Number(matched ?? 0);
  if (count <= maxAffected) return count;
  const message = `more than ${maxAffected} records are meant, and nothing was written: narrow the filter, or raise maxAffected`;
  throw new Failure('too_many_affected', message);
}
