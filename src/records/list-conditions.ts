import type { Filter } from '../definition/filter.ts';
import { filterSql } from '../definition/filter-sql.ts';
import type { Nearest } from './nearest.ts';
import { Parameters } from './parameters.ts';
import type { Search } from './search.ts';

/** Which records are meant. */
export interface Meant {
  readonly filter: Filter | null;
  readonly search: Search | null;
  readonly nearest: Nearest | null;
}

/** The condition of the records that are meant, over the alias `t`, and the parameters that it has, for more of them. */
export function whereMeant({ filter, search, nearest }: Meant): {
  readonly conditions: readonly string[];
  readonly parameters: Parameters;
} {
  const parameters = new Parameters([
    ...(search ? [search.words] : []),
    ...(nearest ? [nearest.operand] : []),
  ]);
  const conditions = [
    ...(filter ? [filterSql(filter, parameters)] : []),
    ...(search ? [search.condition] : []),
    ...(nearest ? [nearest.condition] : []),
  ];
  return { conditions, parameters };
}

/** `where`, or nothing. */
export function whereAll(conditions: readonly string[]): string {
  return conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
}
