import type { Filter } from '../definition/filter.ts';
import { filterSql, literals } from '../definition/filter-sql.ts';
import { quoteLiteral } from '../definition/identifiers.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Database } from '../ports.ts';
import { targetOf } from './record-sql.ts';
import type { Search } from './search.ts';

/** How many records a query meets, by what Postgres expects of it: no record is looked at. */
export async function estimateTotal(
  database: Database,
  model: ModelClass,
  filter: Filter | null,
  search: Search | null,
): Promise<number> {
  const conditions = [
    ...(filter ? [filterSql(filter, literals('t.'))] : []),
    ...(search ? [search.condition.replaceAll('$1', () => quoteLiteral(search.words))] : []),
  ];
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  const [top] = await database.query({
    text: `explain select from ${targetOf(model)} as t ${where}`,
    params: [],
  });
  // Of the plan's uppermost node, such as: Seq Scan on movie t  (cost=0.00..94.04 rows=5004 width=0)
  return Number(/\brows=(\d+)/.exec(top?.['QUERY PLAN'] ?? '')?.[1] ?? 0);
}
