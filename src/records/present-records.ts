import type { Filter } from '../definition/filter.ts';
import { filterSql } from '../definition/filter-sql.ts';
import { arrayLiteral } from '../definition/values/array-literal.ts';
import type { Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import type { Database } from '../ports.ts';
import { filterOf } from './filter-parameters.ts';
import { assertKnown } from './list-query.ts';
import { keyOf } from './one-record.ts';
import { Parameters } from './parameters.ts';
import { keyType, selectStored } from './record-sql.ts';

/** The filter of a feed, validated against a class; null where it has none. Throws `invalid_query`. */
export function parseFeedQuery(model: ModelClass, related: Related, params: URLSearchParams): Filter | null {
  const findings: Finding[] = [];
  const filter = filterOf(model, related, params, findings);
  assertKnown(params, ['filter', 'filter[FIELD]', 'lastEventId'], findings);
  return filter;
}

/**
 * Of these ids the records that are there now, as JSON texts; null for what the filter does not find. What is no key
 * of the class is the key of no record.
 */
export async function readPresent(
  database: Database,
  model: ModelClass,
  ids: readonly string[],
  filter: Filter | null,
): Promise<ReadonlyMap<string, string | null>> {
  const parameters = new Parameters([arrayLiteral(ids.filter((id) => keyOf(model, id) !== null))]);
  const fits = filter ? `(${filterSql(filter, parameters)}) is true` : 'true';
  const key = `t.${model.keyColumn}`;
  const select = selectStored(model, `${key}::text as id`, `(${fits})::text as fits`);
  const rows = await database.query({
    text: `${select} where ${key} = any ($1::${keyType(model)}[])`,
    params: parameters.values,
  });
  return new Map(
    rows.map((row) => [row['id'] ?? '', row['fits'] === 'true' ? (row['record'] ?? null) : null]),
  );
}
